#include <blender_mcpd/core/error.hpp>

#include <set>
#include <sstream>
#include <string>

#include <support/catch.hpp>

namespace blender_mcpd::core {

namespace {

std::string printed(const Error& error) {
    std::ostringstream out;
    out << error;
    return out.str();
}

}  // namespace

TEST_CASE("every error code has a name of its own") {
    std::set<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code)
        names.insert(to_string(static_cast<ErrorCode>(code)));
    CHECK(names.size() == static_cast<std::size_t>(ErrorCode::internal) + 1);
}

TEST_CASE("an error describes itself") {
    Error error{ErrorCode::timeout, "Too slow"};
    CHECK(describe(error) == "Too slow");
    CHECK(printed(error) == "timeout (not_applied): Too slow");
    error.remedy = "Wait.";
    error.outcome = Outcome::unknown;
    CHECK(describe(error) == "Too slow. Wait.");
    CHECK(printed(error) == "timeout (unknown): Too slow. Wait.");
}

TEST_CASE("the value of a failed result is a bug") {
    const Result<int> failed = Error{ErrorCode::invalid, "no number"};
    CHECK_THROWS_WITH(failed.value(), ContainsSubstring("no number"));
    const Result<int> good = 1;
    CHECK(good.value() == 1);
}

}  // namespace blender_mcpd::core
