#include "outbox.hpp"

#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::transport {

TEST_CASE("Small texts are put together, large ones are passed on without a copy") {
    Outbox outbox;
    std::string large(Outbox::together + 1, 'x');
    const auto* const where = large.data();
    outbox.add("one ");
    outbox.add("two ");
    outbox.add(std::move(large));
    outbox.add("three ");
    outbox.add("four ");
    CHECK(outbox.size() == Outbox::together + 1 + 19);
    CHECK(outbox.take() == "one two ");
    const auto same = outbox.take();
    CHECK(same.data() == where);
    CHECK(outbox.size() == 11);
    CHECK(outbox.take() == "three four ");
    CHECK(outbox.empty());
    CHECK(outbox.size() == 0);
}

TEST_CASE("Together they are no longer than the limit") {
    Outbox outbox;
    outbox.add(std::string(Outbox::together - 1, 'x'));
    outbox.add("y");
    outbox.add("z");
    CHECK(outbox.take().size() == Outbox::together);
    CHECK(outbox.take() == "z");
}

TEST_CASE("An empty text is no piece") {
    Outbox outbox;
    outbox.add("");
    CHECK(outbox.empty());
}

}  // namespace blender_mcpd::transport
