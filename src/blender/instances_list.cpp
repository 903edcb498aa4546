#include "instances_impl.hpp"

#include <blender_mcpd/core/event.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <nlohmann/json.hpp>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

struct Asked {
    Asked(const asio::any_io_executor& executor, std::shared_ptr<Instance> whom, std::size_t at)
        : instance(std::move(whom)), place(at), answered(executor) {}
    std::shared_ptr<Instance> instance;
    std::size_t place;  // in the list
    core::Event answered;
    core::Json status;
};

asio::awaitable<void> ask(std::shared_ptr<Asked> one) {
    one->status = co_await one->instance->status();
    one->answered.set();
}

void add_status(core::Json& entry, const core::Json& status) {
    entry["state"] = status["state"];
    entry["message"] = status["message"];
    const auto blender = status.find("blender");
    if (blender == status.end()) return;
    for (const auto* fact : {"pid", "version", "file", "dirty", "background", "running", "queue"})
        if (const auto known = blender->find(fact); known != blender->end()) entry[fact] = *known;
}

}  // namespace

core::Json Instances::Impl::about(const Member& one, const std::string& current) const {
    core::Json entry{{"name", one.name}, {"kind", "started"}, {"current", one.name == current}};
    if (one.name == main_instance) entry["kind"] = "main";
    if (!one.found) return entry;
    entry["kind"] = "addon";
    entry["pid"] = one.found->pid;
    entry["version"] = one.found->version;
    entry["file"] = one.found->file;
    entry["background"] = one.found->background;
    return entry;
}

asio::awaitable<core::Json> Instances::Impl::list(std::string client_name) {
    const auto self = shared_from_this();
    refresh();
    auto entries = core::Json::array();
    std::vector<std::shared_ptr<Asked>> asked;
    const auto current = current_of(client_name);
    for (const auto& one : members) {
        entries.push_back(about(one, current));
        if (!one.instance) {
            entries.back()["state"] = "ready";
            entries.back()["message"] = "The add-on listens; nobody has used it yet";
            continue;
        }
        asked.push_back(
            std::make_shared<Asked>(timers.executor(), one.instance, entries.size() - 1));
        asio::co_spawn(timers.executor(), ask(asked.back()), asio::detached);
    }
    for (const auto& one : asked) {
        co_await one->answered.wait();
        add_status(entries[one->place], one->status);
    }
    co_return entries;
}

core::Json Instances::overview(const std::string& client) {
    impl_->refresh();
    auto entries = core::Json::array();
    const auto current = impl_->current_of(client);
    for (const auto& one : impl_->members)
        entries.push_back(impl_->about(one, current));
    return entries;
}

asio::awaitable<core::Json> Instances::list(std::string client) {
    return impl_->list(std::move(client));
}

}  // namespace blender_mcpd::blender
