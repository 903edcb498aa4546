// Threads of downloads give way to those of calls.
#include "low_priority.hpp"

#include "background.hpp"
#include "stage.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <support/catch.hpp>
#include <sys/resource.h>

namespace blender_mcpd::assets {
namespace {

int own_priority() {
    return ::getpriority(PRIO_PROCESS, 0);
}

class Observer final : public Receiver {
  public:
    std::optional<core::Error> begin(const ResponseHead&) override {
        priority = own_priority();
        return {};
    }
    std::optional<core::Error> write(std::string_view) override { return {}; }
    int priority = 0;
};

TEST_CASE("downloads, and what is done with them, have a lower priority than the loop") {
    Stage stage;
    const int before = own_priority();
    const int low = std::min(before + nicer_by, 19);
    stage.server.on("/file", Answer{200, "bytes"});
    Http http(stage.timers, stage.metrics, HttpLimits{}, "test/1");
    const auto observer = std::make_shared<Observer>();
    HttpRequest request{stage.server.url("/file"), stage.site()};
    const auto fetched =
        stage.run(http.fetch(std::move(request), observer, {}, stage.cancel.token()));
    REQUIRE(fetched.has_value());
    CHECK(observer->priority == low);

    Background background;
    for (int job = 0; job < 4; ++job)
        CHECK(stage.run(background.run([](const auto&) { return own_priority(); },
                                       stage.cancel.token())) == low);
    CHECK(own_priority() == before);
}

}  // namespace
}  // namespace blender_mcpd::assets
