// An Instance whose Blender is fake_blender.py. Time is real: processes have no other.
#pragma once

#include "processes.hpp"
#include "temp_folder.hpp"

#include <blender_mcpd/blender/instance.hpp>
#include <blender_mcpd/core/json.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <support/catch.hpp>
#include <support/loop.hpp>
#include <support/project_folder.hpp>

namespace blender_mcpd::blender {

using namespace std::chrono_literals;
using core::ErrorCode;
using Answer = core::Result<link::Reply>;

/// A port of ours on loopback that nobody listens at, or somebody who accepts and says nothing.
class Port {
  public:
    explicit Port(boost::asio::io_context& io)
        : acceptor_(io, {boost::asio::ip::address_v4::loopback(), 0}),
          number_(acceptor_.local_endpoint().port()) {}
    [[nodiscard]] std::uint16_t number() const { return number_; }
    void stop_listening() { acceptor_.close(); }

  private:
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t number_;
};

struct Stage {
    /// How Blender starts, and the throwaway ones; see fake_blender.py.
    explicit Stage(const std::string& start = "ready", const std::string& copies = "ready") {
        std::signal(SIGPIPE, SIG_IGN);  // as in the daemon
        port.stop_listening();
        options.launch.executable = (tools / "blender").string();
        options.launch.memory_limit_mb = -1;
        options.listener.port = port.number();
        options.connection.interrupt_grace = 50ms;
        install(start, copies);
    }
    ~Stage() {
        if (instance) loop.run(instance->close());
        instance.reset();
        tasks.clear();
        until_nothing_is_left();
        CHECK(loop.timers.armed().empty());
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    void install(const std::string& start, const std::string& copies = "ready") const {
        const auto script = test::project_folder() / "tests/blender/fake_blender.py";
        const auto run = "exec /usr/bin/python3 -I -S " + script.string() + " ";
        tools.write_program("blender", "#!/bin/sh\ncase \"$*\" in\n*/copy-*.blend*) " + run +
                                           copies + " \"$@\" ;;\n*) " + run + start +
                                           " \"$@\" ;;\nesac\n");
    }

    Instance& blender() {
        if (!instance) instance = std::make_unique<Instance>(loop.timers, metrics, options);
        return *instance;
    }

    /// A call that runs beside the test.
    struct Task {
        core::CancelSource cancel;
        std::optional<Answer> answer;
        std::vector<link::Progress> progress;
    };
    std::shared_ptr<Task> start(Operation operation, bool on_copy = false) {
        auto task = std::make_shared<Task>();
        tasks.push_back(task);
        loop.spawn(perform(blender(), std::move(operation), on_copy, task));
        return task;
    }
    Answer& finish(const std::shared_ptr<Task>& task) {
        loop.drive([&] { return task->answer.has_value(); });
        return *task->answer;
    }
    Answer call(Operation operation) { return finish(start(std::move(operation))); }
    Answer call_on_copy(Operation operation) { return finish(start(std::move(operation), true)); }
    core::Json call_json(Operation operation) {
        const auto answer = call(std::move(operation));
        if (!answer.has_value()) FAIL(core::describe(answer.error()));
        return core::Json::parse(answer->result());
    }

    core::Json status() { return loop.run(blender().status()); }
    pid_t pid() { return status().at("blender").at("pid").get<pid_t>(); }

    /// What lies in TMPDIR.
    [[nodiscard]] std::vector<std::string> left_behind() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(temporary.path()))
            names.push_back(entry.path().filename().string());
        return names;
    }
    void until_nothing_is_left() {
        loop.drive([&] { return left_behind().empty(); });
    }

    test::TempFolder tools;
    test::TempFolder temporary;
    test::Variable where{"TMPDIR", temporary.path().string()};
    test::Loop loop;
    core::Metrics metrics;
    Port port{loop.io};
    InstanceOptions options;
    std::unique_ptr<Instance> instance;
    std::vector<std::shared_ptr<Task>> tasks;

  private:
    static boost::asio::awaitable<void> perform(Instance& instance, Operation operation,
                                                bool on_copy, std::shared_ptr<Task> task) {
        link::ProgressHandler note = [task](const link::Progress& step) {
            task->progress.push_back(step);
        };
        if (on_copy)
            task->answer.emplace(co_await instance.call_on_copy(
                std::move(operation), task->cancel.token(), std::move(note)));
        else
            task->answer.emplace(co_await instance.call(std::move(operation), task->cancel.token(),
                                                        std::move(note)));
    }
};

inline Operation operation(std::string name, std::string args = "{}", bool mutates = false) {
    Operation made;
    made.name = std::move(name);
    made.args = std::move(args);
    made.mutates = mutates;
    return made;
}

}  // namespace blender_mcpd::blender
