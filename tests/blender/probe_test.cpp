#include "probe.hpp"

#include "instance_stage.hpp"

namespace blender_mcpd::blender {

TEST_CASE("something answers where a socket listens, and nowhere else") {
    test::Loop loop;
    Port port(loop.io);
    const auto ask = [&](std::string host) {
        return loop.run(answers(loop.timers, {std::move(host), port.number()}, 30s));
    };
    CHECK(ask("127.0.0.1"));
    CHECK(ask("localhost"));
    port.stop_listening();
    CHECK_FALSE(ask("127.0.0.1"));
    CHECK_FALSE(ask("localhost"));
    CHECK_FALSE(ask("no such host.invalid"));
    CHECK(loop.timers.armed().empty());
}

}  // namespace blender_mcpd::blender
