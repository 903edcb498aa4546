#include "metrics_file.hpp"

#include "state_folder.hpp"
#include "temp_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <support/catch.hpp>
#include <support/loop.hpp>
#include <sys/stat.h>

using namespace blender_mcpd;
namespace fs = std::filesystem;

namespace {

/// $XDG_RUNTIME_DIR, and the usual umask, as long as it lives.
class RuntimeFolder {
  public:
    explicit RuntimeFolder(const std::string& path) : mask_(::umask(0022)) {
        if (const char* before = std::getenv("XDG_RUNTIME_DIR")) before_ = before;
        ::setenv("XDG_RUNTIME_DIR", path.c_str(), 1);
    }
    RuntimeFolder(const RuntimeFolder&) = delete;
    RuntimeFolder& operator=(const RuntimeFolder&) = delete;
    ~RuntimeFolder() {
        if (before_)
            ::setenv("XDG_RUNTIME_DIR", before_->c_str(), 1);
        else
            ::unsetenv("XDG_RUNTIME_DIR");
        ::umask(mask_);
    }

  private:
    mode_t mask_;
    std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("metrics: the folders that a daemon makes for them are closed to others") {
    const test::TempFolder folder;
    const RuntimeFolder runtime(folder / "runtime");
    test::ManualLoop loop;
    const core::Metrics metrics;
    app::MetricsFile file(loop.timers, metrics, "");
    file.start();
    loop.advance(app::MetricsFile::interval);

    const auto made = app::metrics_folder({{"XDG_RUNTIME_DIR", folder / "runtime"}}).value();
    REQUIRE(app::read_metrics(made).size() == 1);
    for (const auto& path : {made, made.parent_path()})
        CHECK((fs::status(path).permissions() & fs::perms::mask) == fs::perms::owner_all);
    file.finish();
    CHECK(app::read_metrics(made).empty());
}
