#include "restore_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace blender_mcpd::blender {

std::vector<RestorePoint> restore_points(const Findings& found,
                                         const std::set<std::string>& unusable) {
    if (!found.open) return {};
    const auto& open = *found.open;
    auto copies = found.copies;
    std::erase_if(copies, [&](const RecoveryCopy& copy) {
        return copy.document != open.document || unusable.contains(copy.path);
    });
    std::ranges::sort(copies, [](const RecoveryCopy& a, const RecoveryCopy& b) {
        return std::pair(a.scene.first, a.number) > std::pair(b.scene.first, b.number);
    });
    std::vector<RestorePoint> points;
    for (auto& copy : copies)
        points.push_back({copy.path, copy.document, copy.scene, copy.file, copy.made, copy.note});
    if (open.is_there && !unusable.contains(open.file)) {
        RestorePoint file{open.file, {}, {}, open.file, {}, {}};
        if (open.as_noted) file.scene = open.scene;
        // Of two that are the same the file is better: what is restored is saved then.
        const auto place = std::ranges::find_if(
            points, [&](const RestorePoint& copy) { return copy.scene <= file.scene; });
        points.insert(place, std::move(file));
    }
    return points;
}

Loss what_is_lost(const CallLog& log, std::optional<RestorePoint> restored, core::TimePoint died) {
    Loss loss;
    const auto mark = restored ? restored->scene : SceneMark{};
    const auto edits = log.edits_after(mark);
    loss.incomplete = log.forgot_edits_after(mark);
    loss.earlier = edits.size() - std::min(edits.size(), Loss::max_edits);
    for (std::size_t i = loss.earlier; i < edits.size(); ++i)
        loss.edits.push_back(edits[i].op +
                             (edits[i].changes.empty() ? "" : " (" + edits[i].changes + ")"));
    if (restored && restored->made) loss.age = std::max(died - *restored->made, core::Duration{});
    loss.restored = std::move(restored);
    return loss;
}

namespace {

std::string source(const Loss& loss) {
    if (!loss.restored)
        return "There is nothing to restore: the next Blender begins with the scene that it starts "
               "with";
    const auto& point = *loss.restored;
    if (point.document.empty())
        return fmt::format("The next Blender opens the file as it was saved: {}", point.file);
    const auto of = point.file.empty() ? "a scene that was never saved"
                                       : fmt::format("{}, with its unsaved changes", point.file);
    const auto seconds = core::seconds(loss.age.value_or(core::Duration::zero()));
    return fmt::format(
        "The next Blender opens a recovery copy of {}, made {:.1f} s before the end{}", of, seconds,
        point.note.empty() ? "" : ". " + point.note);
}

}  // namespace

std::string describe(const Loss& loss) {
    auto out = source(loss) + ". ";
    const auto count = loss.edits.size() + loss.earlier;
    if (count == 0 && !loss.incomplete) return out + "No edit that was answered is lost";
    out += fmt::format("Lost {} {}{} edit{} that had been answered as applied: ",
                       count == 1 && !loss.incomplete ? "is" : "are",
                       loss.incomplete ? "more than " : "", count, count == 1 ? "" : "s");
    if (loss.earlier > 0 || loss.incomplete) out += "…, ";
    for (std::size_t i = 0; i < loss.edits.size(); ++i)
        out += (i == 0 ? "" : ", ") + loss.edits[i];
    return out;
}

}  // namespace blender_mcpd::blender
