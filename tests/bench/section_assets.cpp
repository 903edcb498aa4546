// What a command in Blender notices of an asset that is fetched meanwhile.
#include "asset_server.hpp"
#include "bench.hpp"
#include "http_peer.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace blender_mcpd::bench {

namespace {

/// Gone with what is in it.
class Folder {
  public:
    Folder() : path_((std::filesystem::temp_directory_path() / "mcpd-bench-XXXXXX").string()) {
        require(::mkdtemp(path_.data()) != nullptr, "no temporary folder");
    }
    ~Folder() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

/// Two clients of one daemon: one fetches, the other one asks Blender.
class Scene {
  public:
    Scene(const Options& options, AssetServer& server)
        : server_(server),
          daemon_(daemon(
              options,
              {"BLENDER_MCPD_TOOLS_SET=full", "BLENDER_MCPD_CACHE_ENABLED=false",
               "BLENDER_MCPD_LIMITS_ENABLED=false", "BLENDER_MCPD_ASSETS_PROVIDERS=polyhaven",
               "BLENDER_MCPD_ASSETS_POLYHAVEN_URL=" + server.url(),
               "BLENDER_MCPD_ASSETS_CACHE_FOLDER=" + folder_.path()})),
          fetching_(daemon_.port()),
          asking_(daemon_.port()) {
        fetching_.open_session();
        asking_.open_session();
    }

    Samples idle(int calls) {
        return measure(calls, [&] { ask_blender(); });
    }

    /// As many calls as there is time for until the file is there and checked.
    Samples while_fetching() {
        const auto begun = server_.begun();
        const auto sent = server_.sent();
        std::atomic<bool> ended = false;
        std::thread other([&] {
            fetching_.ask(call_line(
                "import_asset",
                fmt::format(R"({{"provider":"polyhaven","id":"{}"}})", AssetServer::asset)));
            ended = true;
        });
        Samples samples;
        while (!ended) {
            const auto one = measure(1, [&] { ask_blender(); });
            if (server_.begun() > begun && !ended) samples.add(one);
        }
        other.join();
        require(server_.sent() == sent + 1, "the file was not fetched");
        return samples;
    }

  private:
    void ask_blender() { asking_.ask(read_light()); }

    Folder folder_;
    AssetServer& server_;
    HttpServer daemon_;
    HttpPeer fetching_;
    HttpPeer asking_;
};

struct Speed {
    std::string_view name;
    double bytes_per_second;
    int rounds;
    bool has_goal;
};

}  // namespace

void measure_assets(const Options& options, Report& report) {
    constexpr Speed speeds[]{
        {"at 1 Gbit/s", 125e6, 5, true},
        {"as fast as it goes", 0, 10, false},
    };
    AssetServer server;
    Scene scene(options, server);
    scene.idle(options.calls / 10);  // to warm up
    scene.while_fetching();
    for (const auto& [speed, bytes_per_second, rounds, has_goal] : speeds) {
        server.limit(bytes_per_second);
        Samples idle;
        Samples busy;
        for (int round = 0; round < rounds; ++round) {
            idle.add(scene.idle(options.calls / rounds));
            busy.add(scene.while_fetching());
        }
        const auto name = fmt::format("a command in Blender while 200 MB are fetched {}", speed);
        const std::optional<Goal> goal = has_goal ? std::optional(at_most(1.5)) : std::nullopt;
        report.samples(fmt::format("a command in Blender, before and after 200 MB {}", speed),
                       idle);
        report.add({.name = name,
                    .samples = busy,
                    .ratio = busy.median() / idle.median(),
                    .ratio_to = "idle",
                    .goal = goal});
        report.ratio("p99 of " + name, busy.percentile(0.99) / idle.percentile(0.99), "idle", goal);
    }
}

}  // namespace blender_mcpd::bench
