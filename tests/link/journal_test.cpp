#include "print.hpp"

#include <blender_mcpd/link/journal.hpp>

#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using core::ErrorCode;
using core::Outcome;
using namespace std::chrono_literals;
using State = link::Remembered::State;

TEST_CASE("the question about an outcome") {
    CHECK(link::outcome_args("a\"b", 1500ms) == R"({"uuid":"a\"b","age_ms":1500})");
}

TEST_CASE("what the journal remembers") {
    struct Row {
        const char* answer;
        State state;
    };
    const Row rows[] = {
        {R"({"state":"never_seen"})", State::never_seen},
        {R"({"state":"queued"})", State::open},
        {R"({"state":"running"})", State::open},
        {R"({"state":"forgotten"})", State::forgotten},
        {R"({"state":"applied"})", State::applied},
        {R"({"state":"failed"})", State::failed},
    };
    for (const auto& row : rows) {
        INFO(row.answer);
        const auto remembered = link::read_outcome(row.answer, true).value();
        CHECK(remembered.state == row.state);
        CHECK_FALSE(remembered.reply.has_value());
        CHECK(remembered.error.has_value() == (row.state == State::failed));
    }
}

TEST_CASE("the kept reply is the reply") {
    const auto remembered =
        link::read_outcome(
            R"({"state":"applied","blob_dropped":true,"reply":{"ok":true,"gen":7,"result":{"a":[1]}}})",
            true)
            .value();
    REQUIRE(remembered.reply.has_value());
    CHECK(remembered.reply->result() == R"({"a":[1]})");
    CHECK(remembered.reply->generation() == 7);
    CHECK(remembered.reply->blob().empty());
}

TEST_CASE("a result that was too large to keep is none, not null") {
    const auto remembered =
        link::read_outcome(
            R"({"state":"applied","result_dropped":true,"reply":{"ok":true,"gen":7,"result":null}})",
            true)
            .value();
    CHECK(remembered.state == State::applied);
    CHECK_FALSE(remembered.reply.has_value());
}

TEST_CASE("a kept error says as much as the reply would have said") {
    struct Row {
        const char* error;
        bool mutates;
        ErrorCode code;
        Outcome outcome;
    };
    const Row rows[] = {
        {R"({"kind":"not_found","message":"No Cube"})", true, ErrorCode::not_found,
         Outcome::not_applied},
        {R"({"kind":"script","message":"NameError"})", true, ErrorCode::blender, Outcome::unknown},
        {R"({"kind":"script","message":"NameError"})", false, ErrorCode::blender,
         Outcome::not_applied},
        {R"({"kind":"deadline","message":"Stopped"})", true, ErrorCode::timeout, Outcome::unknown},
        {R"({"kind":"not_started","message":"Dropped"})", true, ErrorCode::cancelled,
         Outcome::not_applied},
        {R"("no object")", true, ErrorCode::blender, Outcome::unknown},
    };
    for (const auto& row : rows) {
        INFO(row.error);
        const auto answer =
            std::string(R"({"state":"failed","reply":{"ok":false,"error":)") + row.error + "}}";
        const auto remembered = link::read_outcome(answer, row.mutates).value();
        REQUIRE(remembered.error.has_value());
        CHECK(remembered.error->code == row.code);
        CHECK(remembered.error->outcome == row.outcome);
    }
}

TEST_CASE("nonsense from the journal is no outcome") {
    for (const auto* answer : {"", "null", "[]", "{}", R"({"state":"asleep"})", R"({"state":1})"}) {
        INFO(answer);
        const auto remembered = link::read_outcome(answer, true);
        REQUIRE_FALSE(remembered.has_value());
        CHECK(remembered.error().code == ErrorCode::protocol);
    }
}
