// One request on the wire and what has become of it. Owned by the wire's lists and by whoever waits
// for the reply.
#pragma once

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/connection.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace blender_mcpd::link {

struct Exchange {
    Exchange(core::Timers& timers, std::uint64_t number, std::string operation)
        : id(number),
          op(std::move(operation)),
          reply(timers.executor()),
          deadline(timers, "link." + op) {}

    /// Ends it, unless it has ended already: what may have run is decided here.
    void fail(core::Error why) {
        why.outcome =
            mutates && bytes_sent > 0 ? core::Outcome::unknown : core::Outcome::not_applied;
        reply.set(std::move(why));
    }

    std::uint64_t id;
    std::string op;
    std::string frame;  // until written
    bool mutates = false;
    ProgressHandler progress;
    SceneHandler scene;  // of watch: events go there once it is answered
    core::OneShot<core::Result<Reply>> reply;
    core::Timer deadline;

    bool writing = false;  // how much has been sent is not known yet
    std::size_t bytes_sent = 0;
    bool cancelled = false;
    std::optional<core::Error>
        late;  // its deadline passed while a frame was arriving: maybe its reply
    std::optional<core::Error> failure;  // happened while writing
};

}  // namespace blender_mcpd::link
