#include "instances_impl.hpp"

#include <blender_mcpd/core/event.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds time_between_looks{250};
constexpr std::size_t most_clients = 1'000;

core::Error refused(std::string message, std::string remedy) {
    return {.code = core::ErrorCode::invalid,
            .message = std::move(message),
            .remedy = std::move(remedy),
            .outcome = core::Outcome::not_applied};
}

std::string name_of(const Descriptor& found) {
    return fmt::format("addon-{}", found.pid);
}

InstanceOptions options_for(InstanceOptions options, const Descriptor& found) {
    options.native = NativeListener{found.port,    found.token,   found.pid,
                                    found.session, found.runtime, found.executable};
    options.launch.blend_file.clear();
    return options;
}

}  // namespace

Instances::Impl::Impl(core::Timers& all_timers, core::Metrics& all_metrics,
                      InstancesOptions all_options)
    : timers(all_timers),
      metrics(all_metrics),
      options(std::move(all_options)),
      changes([this] { on_demand_for_changes(); }) {
    members.push_back({std::string(main_instance), make(options.main), {}});
}

std::shared_ptr<Instance> Instances::Impl::make(InstanceOptions instance_options) {
    return std::make_shared<Instance>(timers, metrics, std::move(instance_options));
}

Instances::Impl::Member* Instances::Impl::member(std::string_view name) {
    const auto found = std::ranges::find(members, name, &Member::name);
    return found == members.end() ? nullptr : &*found;
}

Instances::Impl::Client& Instances::Impl::client(const std::string& name) {
    if (const auto known = clients.find(name); known != clients.end()) return known->second;
    if (clients.size() == most_clients) {
        // One that has chosen none finds its way again.
        const auto leaves = std::ranges::find_if(
            clients, [](const auto& entry) { return entry.second.chosen.empty(); });
        clients.erase(leaves == clients.end() ? clients.begin() : leaves);
    }
    return clients[name];
}

std::string Instances::Impl::current_of(const std::string& client_name) {
    const auto known = clients.find(client_name);
    return known == clients.end() || known->second.chosen.empty() ? automatic
                                                                  : known->second.chosen;
}

bool Instances::Impl::is_current(const std::string& name) const {
    return name == automatic || std::ranges::any_of(clients, [&](const auto& entry) {
               return entry.second.chosen == name;
           });
}

core::Error Instances::Impl::unknown(std::string_view argument, std::string_view name) const {
    std::string names;
    for (const auto& one : members)
        names += (names.empty() ? "" : ", ") + one.name;
    return refused(fmt::format("{}: there is no Blender \"{}\"", argument, name),
                   "There are: " + names + ". manage_instances tells more.");
}

void Instances::Impl::refresh() {
    const auto now = timers.now();
    if (looked && now - *looked < time_between_looks) return;
    looked = now;
    look();
}

void Instances::Impl::look() {
    const auto there = read_descriptors(options.descriptors);
    const auto still = [&](const Member& one) {
        return std::ranges::find(there, one.found->session, &Descriptor::session);
    };
    std::vector<std::string> gone;
    for (auto& one : members) {
        if (!one.found) continue;
        if (const auto now = still(one); now != there.end())
            one.found = *now;  // another file may be open
        else
            gone.push_back(one.name);
    }
    for (const auto& name : gone)
        forget(name, "has ended, or its add-on was stopped");
    for (const auto& found : there) {
        const auto name = name_of(found);
        if (member(name) != nullptr || closing) continue;
        spdlog::info("a Blender with blender-mcpd's add-on is there: {} ({})", name,
                     found.file.empty() ? "no file" : found.file);
        members.push_back({name, nullptr, found});
    }
    choose();
}

/// Whose calls went there must not find themselves elsewhere unawares.
void Instances::Impl::forget(const std::string& name, const std::string& why) {
    const auto one = std::ranges::find(members, name, &Member::name);
    spdlog::info("the Blender {} {}", name, why);
    if (one->instance) {
        one->instance->stop_health_checks();
        one->instance->close_connections();
    }
    members.erase(one);
    if (automatic == name) automatic = main_instance;
    choose();
    for (auto& [client_name, about] : clients) {
        if (about.chosen != name && (!about.chosen.empty() || about.last != name)) continue;
        about.chosen.clear();
        about.last.clear();
        about.news = core::Error{
            core::ErrorCode::unavailable,
            fmt::format(
                "The Blender {}, which your calls went to, {}. Nothing was done by this one; "
                "those after it without `instance` go to {}",
                name, why, automatic),
            "Look at the scene there, then repeat the call if it is the right one; "
            "manage_instances lists them all.",
            core::Outcome::not_applied};
    }
}

void Instances::Impl::choose() {
    auto& main = *members.front().instance;
    if (automatic != main_instance || options.main.mode == LaunchMode::always || !main.untouched())
        return;
    const auto better = std::ranges::find_if(
        members, [](const Member& one) { return one.found && !one.found->background; });
    if (better == members.end()) return;
    automatic = better->name;
    spdlog::info("calls go to {} from now on: nothing was changed in main", automatic);
}

Instance& Instances::Impl::instance_of(Member& one) {
    if (!one.instance) {
        one.instance = make(options_for(options.main, *one.found));
        if (changes.wanted()) listen_to(one);
    }
    return *one.instance;
}

void Instances::Impl::listen_to(Member& one) {
    one.subscription = one.instance->on_change([this, name = one.name](const SceneChange& change) {
        auto told = change;
        told.instance = name;
        told.current = is_current(name);
        changes.publish(told);
    });
}

void Instances::Impl::on_demand_for_changes() {
    for (auto& one : members) {
        if (!changes.wanted())
            one.subscription = {};
        else if (one.instance)
            listen_to(one);
    }
}

asio::awaitable<core::Result<std::string>> Instances::Impl::start(StartRequest request,
                                                                  core::CancelToken cancel) {
    const auto started = static_cast<std::size_t>(
        std::ranges::count_if(members, [](const Member& one) { return !one.found; }) - 1);
    if (started >= options.most_started)
        co_return refused(
            fmt::format("There are {} Blenders besides main already, the most that there may be",
                        started),
            "Stop one of them first.");
    if (request.name.empty())
        for (auto number = 2; request.name.empty() || member(request.name) != nullptr; ++number)
            request.name = fmt::format("blender-{}", number);
    if (member(request.name) != nullptr || request.name == current_instance)
        co_return refused(fmt::format("name: \"{}\" is taken", request.name),
                          "Choose another name.");
    auto instance_options = options.main;
    instance_options.mode = LaunchMode::always;
    instance_options.launch.blend_file = request.blend_file.string();
    const auto instance = make(std::move(instance_options));
    members.push_back({request.name, instance, {}});
    if (changes.wanted()) listen_to(members.back());

    Operation first_look{"get_scene_info"};
    const auto ready = co_await instance->call(std::move(first_look), std::move(cancel), {});
    if (ready) co_return request.name;
    std::erase_if(members, [&](const Member& one) { return one.instance == instance; });
    co_await instance->close();
    co_return ready.error();
}

asio::awaitable<core::Result<void>> Instances::Impl::stop(std::string name, bool discard_changes) {
    refresh();
    const auto* one = member(name);
    if (one == nullptr) co_return unknown("name", name);
    if (one->found)
        co_return refused(fmt::format("name: {} is its user's Blender", name),
                          "blender-mcpd does not end it; they can close it.");
    const auto instance = one->instance;
    const auto status = co_await instance->status();
    const auto blender = status.value("blender", core::Json::object());
    if (status["endpoint"].contains("dialect"))
        co_return refused(fmt::format("name: {} is its user's Blender", name),
                          "blender-mcpd does not end it; they can close it.");
    if (!discard_changes && blender.value("dirty", false))
        co_return refused(fmt::format("name: {} has unsaved changes", name),
                          "Save them with manage_file, or stop with discard_changes: true.");
    if (!discard_changes && status["state"] == "busy")
        co_return refused(fmt::format("name: {} is busy", name),
                          "Wait, cancel what runs, or stop with discard_changes: true.");
    const auto still = std::ranges::find(members, instance, &Member::instance);
    if (still == members.end()) co_return unknown("name", name);  // somebody else was quicker
    if (name == main_instance) {
        still->instance = make(options.main);
        if (changes.wanted()) listen_to(*still);
    } else {
        forget(name, "was stopped");
    }
    co_await instance->close();
    co_return core::Result<void>();
}

Instances::Instances(core::Timers& timers, core::Metrics& metrics, InstancesOptions options)
    : impl_(std::make_shared<Impl>(timers, metrics, std::move(options))) {}

Instances::~Instances() {
    for (auto& one : impl_->members)
        one.subscription = {};
}

core::Result<std::shared_ptr<Blender>> Instances::find(std::string_view name,
                                                       const std::string& client) {
    impl_->refresh();
    std::string wanted(name);
    if (name.empty() || name == current_instance) {
        wanted = impl_->current_of(client);
        impl_->client(client).last = wanted;
    }
    auto* one = impl_->member(wanted);
    if (one == nullptr) return impl_->unknown("instance", wanted);
    (void)impl_->instance_of(*one);
    return std::shared_ptr<Blender>(one->instance);
}

std::optional<core::Error> Instances::take_news(const std::string& client) {
    impl_->refresh();
    const auto known = impl_->clients.find(client);
    if (known == impl_->clients.end()) return std::nullopt;
    return std::exchange(known->second.news, std::nullopt);
}

core::Result<void> Instances::use(std::string_view name, const std::string& client) {
    impl_->refresh();
    const bool automatic = name == current_instance;
    if (!automatic && impl_->member(name) == nullptr) return impl_->unknown("name", name);
    auto& about = impl_->client(client);
    about.chosen = automatic ? std::string() : std::string(name);
    about.news.reset();
    return {};
}

asio::awaitable<core::Result<std::string>> Instances::start(StartRequest request,
                                                            core::CancelToken cancel) {
    const auto impl = impl_;
    co_return co_await impl->start(std::move(request), std::move(cancel));
}

asio::awaitable<core::Result<void>> Instances::stop(std::string name, bool discard_changes) {
    const auto impl = impl_;
    co_return co_await impl->stop(std::move(name), discard_changes);
}

ChangeSubscription Instances::on_change(ChangeHandler handler) {
    return impl_->changes.subscribe(std::move(handler));
}

void Instances::stop_health_checks() {
    for (const auto& one : impl_->members)
        if (one.instance) one.instance->stop_health_checks();
}

void Instances::close_connections() {
    impl_->closing = true;
    for (const auto& one : impl_->members)
        if (one.instance) one.instance->close_connections();
}

namespace {

asio::awaitable<void> close_one(std::shared_ptr<Instance> instance,
                                std::shared_ptr<core::Event> closed) {
    co_await instance->close();
    closed->set();
}

}  // namespace

asio::awaitable<void> Instances::close() {
    const auto impl = impl_;
    close_connections();
    std::vector<std::shared_ptr<core::Event>> all;
    for (const auto& one : impl->members) {
        if (!one.instance) continue;
        all.push_back(std::make_shared<core::Event>(impl->timers.executor()));
        asio::co_spawn(impl->timers.executor(), close_one(one.instance, all.back()),
                       asio::detached);
    }
    for (const auto& closed : all)
        co_await closed->wait();
}

}  // namespace blender_mcpd::blender
