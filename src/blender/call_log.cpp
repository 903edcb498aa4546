#include "call_log.hpp"

#include <blender_mcpd/core/text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace blender_mcpd::blender {

std::uint64_t CallLog::begin(std::string op, std::string_view args, core::TimePoint now) {
    if (calls_.size() == max_calls) {
        if (const auto& scene = calls_.front().scene)
            forgotten_ = std::max(forgotten_.value_or(*scene), *scene);
        calls_.pop_front();
    }
    LoggedCall call;
    call.number = ++last_number_;
    call.op = std::move(op);
    call.args = core::excerpt(args, max_args_bytes);
    call.began = now;
    calls_.push_back(std::move(call));
    return last_number_;
}

LoggedCall* CallLog::find(std::uint64_t number) {
    const auto found = std::ranges::find(calls_, number, &LoggedCall::number);
    return found == calls_.end() ? nullptr : &*found;
}

void CallLog::succeeded(std::uint64_t number, std::optional<SceneMark> scene, std::string changes,
                        core::TimePoint now) {
    failed(number, "ok", scene, std::move(changes), now);
}

void CallLog::failed(std::uint64_t number, std::string why, std::optional<SceneMark> scene,
                     std::string changes, core::TimePoint now) {
    auto* const call = find(number);
    if (call == nullptr) return;
    call->ended = now;
    call->outcome = std::move(why);
    call->scene = scene;
    call->changes = core::excerpt(changes, max_changes_bytes);
}

std::vector<LoggedCall> CallLog::edits_after(const SceneMark& mark) const {
    std::vector<LoggedCall> edits;
    std::ranges::copy_if(calls_, std::back_inserter(edits),
                         [](const LoggedCall& call) { return call.scene.has_value(); });
    // Replies of calls at once may come in another order than that of the edits.
    std::ranges::stable_sort(edits, {}, [](const LoggedCall& call) { return *call.scene; });
    std::erase_if(edits, [&](const LoggedCall& call) { return *call.scene <= mark; });
    return edits;
}

void CallLog::go_back_to(const SceneMark& mark) {
    for (auto& call : calls_)
        if (call.scene && *call.scene > mark) call.scene.reset();
    if (forgot_edits_after(mark)) forgotten_ = mark;
}

std::vector<LoggedCall> CallLog::last(std::size_t count) const {
    const auto skipped = calls_.size() - std::min(count, calls_.size());
    return {calls_.begin() + static_cast<std::ptrdiff_t>(skipped), calls_.end()};
}

namespace {

void add(std::string& out, std::string_view verb, const std::string& names) {
    if (names.empty()) return;
    if (!out.empty()) out += "; ";
    out += verb;
    out += ' ';
    out += names;
}

std::string listed(const core::Json& changes, const char* member) {
    std::string out;
    const auto list = changes.find(member);
    if (list == changes.end() || !list->is_array()) return out;
    for (const auto& name : *list) {
        if (!name.is_string()) continue;
        if (!out.empty()) out += ", ";
        out += name.get<std::string>();
        if (out.size() > CallLog::max_changes_bytes) break;
    }
    return out;
}

}  // namespace

std::string summarize_changes(std::string_view json_object) {
    // Only the results of edits have changes, and those are small.
    constexpr std::size_t largest = 1 << 20;
    if (json_object.size() > largest) return {};
    const auto members = core::RawObject::scan(json_object);
    const auto raw = members ? members->find("changes") : std::nullopt;
    const auto changes = raw ? core::parse_json(*raw) : core::Error{};
    if (!changes || !changes->is_object()) return {};
    std::string out;
    add(out, "added", listed(*changes, "added"));
    add(out, "removed", listed(*changes, "removed"));
    std::string changed;
    if (const auto all = changes->find("changed"); all != changes->end() && all->is_object()) {
        for (const auto& [name, fields] : all->items()) {
            if (!changed.empty()) changed += ", ";
            changed += name;
            if (changed.size() > CallLog::max_changes_bytes) break;
        }
    }
    add(out, "changed", changed);
    return out;
}

}  // namespace blender_mcpd::blender
