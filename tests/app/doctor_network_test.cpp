#include "doctor_world.hpp"
#include "listeners.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using app::CheckState;
using test::has;

namespace {

// 127.0.0.1:9876, 0.0.0.0:9876, [::1]:9876, 127.0.0.1:9877
constexpr auto blender_port = "0100007F:2694";
constexpr auto any_blender_port = "00000000:2694";
constexpr auto blender_port_v6 = "00000000000000000000000001000000:2694";
constexpr auto http_port = "0100007F:2695";

void answers_as(test::DoctorWorld& world, const link::Detected& who) {
    world.environment.identify = [who](const link::Endpoint& endpoint, std::chrono::milliseconds) {
        CHECK(endpoint.port == 9876);
        return who;
    };
}

const link::Detected ahujasid{link::Family::ahujasid, "1.5", "ahujasid's add-on 1.5",
                              link::Dialect::ahujasid, ""};
const link::Detected web{link::Family::http, "", "an HTTP server", std::nullopt,
                         "Set blender.port."};
const link::Detected silent{link::Family::silent, "", "something that says nothing", std::nullopt,
                            "Wait until Blender is not busy."};

}  // namespace

TEST_CASE("who listens on a port") {
    test::DoctorWorld world;
    world.listens(blender_port, 11, "/usr/bin/blender");
    world.listens(blender_port_v6, 12, "/opt/other", "tcp6");
    world.listens(http_port, 13, "/usr/bin/python3");
    auto found = app::listeners_on(world.environment.proc, 9876);
    REQUIRE(found.size() == 2);
    CHECK(found[0].address == "127.0.0.1");
    CHECK(app::describe(found[0]) == "/usr/bin/blender (process 11)");
    CHECK(found[0].user == 1000);
    CHECK(found[1].address == "::1");
    CHECK(app::reaches("127.0.0.1", found[0]));
    CHECK_FALSE(app::reaches("127.0.0.1", found[1]));
    CHECK(app::reaches("localhost", found[1]));
    CHECK_FALSE(app::reaches("192.168.0.7", found[0]));
    CHECK(app::listeners_on(world.environment.proc, 1).empty());
    CHECK(app::listeners_on(world.folder / "none", 9876).empty());
}

TEST_CASE("nobody at Blender's address") {
    test::DoctorWorld world;
    CHECK(world.only(&app::check_endpoint).state == CheckState::ok);
    world.config.blender.launch = app::Launch::never;
    const auto finding = world.only(&app::check_endpoint);
    CHECK(finding.state == CheckState::error);
    CHECK(has(finding.remedy, "blender.launch"));
}

TEST_CASE("somebody at Blender's address") {
    test::DoctorWorld world;
    SECTION("who is known and used") {
        world.listens(blender_port, 11, "/usr/bin/blender");
        answers_as(world, ahujasid);
        const auto finding = world.only(&app::check_endpoint);
        CHECK(finding.state == CheckState::ok);
        CHECK(finding.message ==
              "/usr/bin/blender (process 11) listens at 127.0.0.1:9876: ahujasid's add-on 1.5");
        CHECK(finding.facts["family"] == "ahujasid");
        CHECK(finding.facts["version"] == "1.5");
        CHECK(finding.facts["listeners"][0]["process"] == 11);
    }
    SECTION("who speaks something else than the configuration says") {
        world.listens(any_blender_port, 11, "/usr/bin/blender");
        answers_as(world, ahujasid);
        world.config.blender.dialect = app::Dialect::lab;
        const auto finding = world.only(&app::check_endpoint);
        CHECK(finding.state == CheckState::warning);
        CHECK(has(finding.remedy, "Set blender.dialect to auto"));
    }
    SECTION("who is no Blender") {
        world.listens(blender_port, 11, "/usr/sbin/nginx");
        answers_as(world, web);
        CHECK(world.only(&app::check_endpoint).state == CheckState::note);
        CHECK(world.only(&app::check_endpoint).remedy == "Set blender.port.");
        world.config.blender.launch = app::Launch::never;
        CHECK(world.only(&app::check_endpoint).state == CheckState::warning);
    }
    SECTION("who may be a Blender and cannot be used") {
        world.listens(blender_port, 11, "/usr/bin/blender");
        answers_as(world, silent);
        const auto finding = world.only(&app::check_endpoint);
        CHECK(finding.state == CheckState::warning);
        CHECK(finding.remedy == "Wait until Blender is not busy.");
    }
    SECTION("whom the system does not name") {
        world.listens(blender_port, 11, "");
        answers_as(world, silent);
        CHECK(has(world.only(&app::check_endpoint).message, "a program of user 1000"));
    }
    SECTION("on another machine") {
        world.config.blender.host = "192.168.0.7";
        answers_as(world, silent);
        CHECK(
            has(world.only(&app::check_endpoint).message, "a program listens at 192.168.0.7:9876"));
    }
    SECTION("who takes no connection") {
        world.listens(blender_port, 11, "/usr/bin/blender");
        const auto finding = world.only(&app::check_endpoint);
        CHECK(finding.state == CheckState::warning);
        CHECK(has(finding.message, "takes no connection"));
    }
    SECTION("who is one of us") {
        world.listens(blender_port, 11, "/opt/blender-mcpd");
        answers_as(world, silent);
        const auto finding = world.only(&app::check_endpoint);
        CHECK(finding.state == CheckState::error);
        CHECK(has(finding.remedy, "blender.port"));
    }
    SECTION("twice") {
        world.listens(blender_port, 11, "/usr/bin/blender");
        world.listens(any_blender_port, 12, "/opt/other");
        answers_as(world, ahujasid);
        const auto finding = world.only(&app::check_endpoint);
        CHECK(finding.state == CheckState::warning);
        CHECK(has(finding.message, "/opt/other (process 12)"));
    }
}

TEST_CASE("the port of HTTP") {
    test::DoctorWorld world;
    SECTION("is free") {
        CHECK(world.only(&app::check_http).message == "port 9877 is free for blender-mcpd serve");
    }
    SECTION("is ours") {
        world.listens(http_port, 11, "/opt/blender-mcpd");
        CHECK(world.only(&app::check_http).state == CheckState::ok);
    }
    SECTION("is taken") {
        world.listens(http_port, 11, "/usr/bin/python3");
        const auto finding = world.only(&app::check_http);
        CHECK(finding.state == CheckState::warning);
        CHECK(has(finding.message, "/usr/bin/python3 (process 11)"));
        CHECK(has(finding.remedy, "http.port"));
    }
    SECTION("is any") {
        world.config.http.port = 0;
        CHECK(world.only(&app::check_http).state == CheckState::ok);
    }
}

TEST_CASE("daemons that others could share") {
    test::DoctorWorld world;
    const auto socket = world.folder / "run/blender-mcpd/daemon.sock";
    SECTION("there is none") {
        const auto finding = world.only(&app::check_daemons);
        CHECK(finding.state == CheckState::ok);
        CHECK(finding.facts["socket"] == socket);
    }
    SECTION("a dead one has left its socket") {
        boost::asio::io_context io;
        { boost::asio::local::stream_protocol::acceptor acceptor(io, {socket}); }
        const auto finding = world.only(&app::check_daemons);
        CHECK(finding.state == CheckState::note);
        CHECK(has(finding.message, socket));
    }
    SECTION("what is there does not answer") {
        boost::asio::io_context io;
        const boost::asio::local::stream_protocol::acceptor acceptor(io, {socket});
        const auto finding = world.only(&app::check_daemons);
        CHECK(finding.state == CheckState::warning);
        CHECK_FALSE(finding.remedy.empty());
    }
    SECTION("what is there is no socket") {
        (void)world.folder.write("run/blender-mcpd/daemon.sock", "");
        CHECK(has(world.only(&app::check_daemons).message, "is no socket"));
    }
}

TEST_CASE("who answers at an address") {
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor acceptor(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
    const link::Endpoint endpoint{"127.0.0.1", acceptor.local_endpoint().port()};
    constexpr std::chrono::seconds patience{30};
    CHECK(app::identify_endpoint(endpoint, patience).family == link::Family::silent);
    constexpr std::chrono::milliseconds little{50};
    CHECK(app::identify_endpoint(endpoint, little).family == link::Family::undecided);
    acceptor.close();
    CHECK(app::identify_endpoint(endpoint, patience).family == link::Family::nothing);
    CHECK(app::identify_endpoint({"no such host", 1}, patience).family ==
          link::Family::unreachable);
}
