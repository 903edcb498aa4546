#include "provider_key.hpp"

#include "config_input.hpp"

#include <blender_mcpd/app/config.hpp>

#include <map>
#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using test::Input;

namespace {

core::Secret sketchfab(const app::Config& config,
                       const std::map<std::string, std::string>& environment) {
    return app::provider_key("assets.sketchfab_token_file", "the token of Sketchfab",
                             "https://example.org", config, environment);
}

}  // namespace

TEST_CASE("a key is in a file that a setting names, or in a variable, which goes first") {
    auto config = Input("[assets]\nsketchfab_token_file = '/keys/sketchfab'\n").load().values;
    CHECK(sketchfab(config, {}).file == "/keys/sketchfab");
    CHECK(sketchfab(config, {}).value.empty());
    CHECK(sketchfab(config, {}).variable == "BLENDER_MCPD_ASSETS_SKETCHFAB_TOKEN");
    const auto both = sketchfab(config, {{"BLENDER_MCPD_ASSETS_SKETCHFAB_TOKEN", "from-variable"}});
    CHECK(core::read_secret(both).value() == "from-variable");
    CHECK(!sketchfab(app::Config{}, {}).is_given());
}

TEST_CASE("the variable of a key is known, and no value of it is shown") {
    Input input;
    input.with("BLENDER_MCPD_ASSETS_SKETCHFAB_TOKEN", "s3cret-token")
        .with("BLENDER_MCPD_ASSETS_POLYPIZZA_KEY", "s3cret-key");
    const auto loaded = input.load();
    CHECK(loaded.values == app::Config{});
    CHECK(app::render_effective(loaded).find("s3cret") == std::string::npos);
    CHECK(input.with("BLENDER_MCPD_ASSETS_SKETCHFAB_TOKN", "s3cret").error() ==
          "BLENDER_MCPD_ASSETS_SKETCHFAB_TOKN: there is no setting of this name. Did you mean "
          "BLENDER_MCPD_ASSETS_SKETCHFAB_TOKEN?");
}

TEST_CASE("only settings that name keys have a variable for one") {
    for (const auto& setting : app::settings()) {
        CAPTURE(app::full_name(setting));
        CHECK(app::key_variable(setting).empty() == !setting.names_key);
        if (setting.names_key)
            CHECK(app::variable(setting) == app::key_variable(setting) + "_FILE");
    }
}
