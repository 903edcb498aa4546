#include <blender_mcpd/core/cancel.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::core {

TEST_CASE("a token without a source is never cancelled") {
    const CancelToken token;
    CHECK_FALSE(token.cancelled());
    bool called = false;
    {
        const auto registration = token.on_cancel([&](CancelReason) { called = true; });
    }
    CHECK_FALSE(called);
}

TEST_CASE("callbacks run in order of registration, before cancel() returns, with the reason") {
    CancelSource source;
    const auto token = source.token();
    std::string order;
    const auto a = token.on_cancel([&](CancelReason) { order += 'a'; });
    const auto b = token.on_cancel([&](CancelReason reason) {
        CHECK(token.cancelled());
        CHECK(reason == CancelReason::closed);
        order += 'b';
    });
    const auto c = source.token().on_cancel([&](CancelReason) { order += 'c'; });
    CHECK_FALSE(token.cancelled());
    source.cancel(CancelReason::closed);
    CHECK(order == "abc");
    CHECK(token.reason() == CancelReason::closed);
}

TEST_CASE("the first cancel wins") {
    CancelSource source;
    int calls = 0;
    const auto registration = source.token().on_cancel([&](CancelReason) { ++calls; });
    source.cancel(CancelReason::client);
    source.cancel(CancelReason::shutdown);
    CHECK(calls == 1);
    CHECK(source.token().reason() == CancelReason::client);
}

TEST_CASE("copies of a source are the same source") {
    CancelSource source;
    auto copy = source;
    copy.cancel(CancelReason::client);
    CHECK(source.token().cancelled());
}

TEST_CASE("a callback that comes too late runs at once") {
    CancelSource source;
    source.cancel(CancelReason::shutdown);
    std::optional<CancelReason> seen;
    const auto registration = source.token().on_cancel([&](CancelReason reason) { seen = reason; });
    CHECK(seen == CancelReason::shutdown);
}

TEST_CASE("a registration that is gone is not called") {
    CancelSource source;
    std::string order;
    const auto a = source.token().on_cancel([&](CancelReason) { order += 'a'; });
    auto b = std::make_optional(source.token().on_cancel([&](CancelReason) { order += 'b'; }));
    const auto c = source.token().on_cancel([&](CancelReason) { order += 'c'; });
    b.reset();
    source.cancel(CancelReason::client);
    CHECK(order == "ac");
}

TEST_CASE("a registration frees what its callback holds when it ends") {
    CancelSource source;
    auto held = std::make_shared<int>(1);
    auto registration = std::make_optional(source.token().on_cancel([held](CancelReason) {}));
    CHECK(held.use_count() == 2);
    registration.reset();
    CHECK(held.use_count() == 1);
}

TEST_CASE("a moved registration is still registered, once") {
    CancelSource source;
    int calls = 0;
    auto first = source.token().on_cancel([&](CancelReason) { ++calls; });
    auto second = std::move(first);
    CancelRegistration third;
    third = std::move(second);
    source.cancel(CancelReason::client);
    CHECK(calls == 1);
}

TEST_CASE("assigning an empty registration ends the old one") {
    CancelSource source;
    int calls = 0;
    auto registration = source.token().on_cancel([&](CancelReason) { ++calls; });
    registration = CancelRegistration{};
    source.cancel(CancelReason::client);
    CHECK(calls == 0);
}

TEST_CASE("callbacks may register, unregister and end the source") {
    auto source = std::make_optional<CancelSource>();
    const auto token = source->token();
    std::string order;
    std::optional<CancelRegistration> own;
    std::optional<CancelRegistration> later;
    std::optional<CancelRegistration> added;

    SECTION("another callback's registration") {
        own = token.on_cancel([&](CancelReason) {
            order += 'a';
            later.reset();
        });
        later = token.on_cancel([&](CancelReason) { order += 'b'; });
        source->cancel(CancelReason::client);
        CHECK(order == "a");
    }
    SECTION("its own registration") {
        own = token.on_cancel([&](CancelReason) {
            own.reset();
            order += 'a';
        });
        later = token.on_cancel([&](CancelReason) { order += 'b'; });
        source->cancel(CancelReason::client);
        CHECK(order == "ab");
    }
    SECTION("a new registration is called at once") {
        own = token.on_cancel([&](CancelReason) {
            added = token.on_cancel([&](CancelReason) { order += 'n'; });
            order += 'a';
        });
        later = token.on_cancel([&](CancelReason) { order += 'b'; });
        source->cancel(CancelReason::client);
        CHECK(order == "nab");
    }
    SECTION("a second cancel from inside") {
        own = token.on_cancel([&](CancelReason) {
            source->cancel(CancelReason::shutdown);
            order += 'a';
        });
        source->cancel(CancelReason::client);
        CHECK(order == "a");
        CHECK(token.reason() == CancelReason::client);
    }
    SECTION("the end of the source") {
        own = token.on_cancel([&](CancelReason) {
            source.reset();
            order += 'a';
        });
        later = token.on_cancel([&](CancelReason) { order += 'b'; });
        source->cancel(CancelReason::client);
        CHECK(order == "ab");
        CHECK(token.cancelled());
    }
}

TEST_CASE("a registration may outlive its source") {
    CancelRegistration registration;
    int calls = 0;
    {
        CancelSource source;
        registration = source.token().on_cancel([&](CancelReason) { ++calls; });
    }
    registration = CancelRegistration{};
    CHECK(calls == 0);
}

TEST_CASE("every reason has a text") {
    CHECK(to_string(CancelReason::client) == "cancelled by the client");
    CHECK(to_string(CancelReason::closed) == "the client went away");
    CHECK(to_string(CancelReason::shutdown) == "blender-mcpd is shutting down");
}

}  // namespace blender_mcpd::core
