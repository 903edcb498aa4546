// A provider of assets on this machine with one HDRI, whose file is large and is none: a daemon
// fetches it, checks its sum, and throws it away, so that it comes anew each time and Blender never
// sees it.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <thread>

namespace blender_mcpd::bench {

/// Answers one request after the other, in a thread of its own.
class AssetServer {
  public:
    static constexpr std::size_t file_bytes = 200'000'000;
    static constexpr std::string_view asset = "large";

    AssetServer();
    ~AssetServer();
    AssetServer(const AssetServer&) = delete;
    AssetServer& operator=(const AssetServer&) = delete;

    [[nodiscard]] std::string url() const;
    /// Of what is sent from now on; 0: as fast as it goes.
    void limit(double bytes_per_second) { bytes_per_second_ = bytes_per_second; }
    /// How often the file was asked for, and how often it was sent to its end.
    [[nodiscard]] int begun() const { return begun_; }
    [[nodiscard]] int sent() const { return sent_; }

  private:
    void run();
    void answer(int connection);
    void send_file(int connection);

    int listener_;
    std::atomic<double> bytes_per_second_ = 0;
    std::atomic<int> begun_ = 0;
    std::atomic<int> sent_ = 0;
    std::thread thread_;
};

}  // namespace blender_mcpd::bench
