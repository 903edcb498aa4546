// Our runtime of another version in a user's Blender, as the add-on of that version has brought it:
// ours comes in by it.
#pragma once

#include "carrier.hpp"
#include "guest.hpp"

#include <memory>
#include <utility>

namespace blender_mcpd::blender {

class NativeCarrier final : public Carrier {
  public:
    explicit NativeCarrier(std::shared_ptr<Guest> older) : older_(std::move(older)) {}

    boost::asio::awaitable<core::Result<std::string>> execute(std::string code,
                                                              std::chrono::milliseconds limit,
                                                              core::CancelToken cancel) override;
    [[nodiscard]] std::size_t max_code_bytes() const override;
    [[nodiscard]] std::size_t calls_at_once() const override { return 1; }
    [[nodiscard]] std::string_view kind() const override { return "native"; }

    [[nodiscard]] bool alive() const override { return older_->alive(); }
    [[nodiscard]] bool is_native() const override { return true; }
    [[nodiscard]] std::string name() const override { return older_->name(); }
    boost::asio::awaitable<core::Result<std::optional<std::uint64_t>>> generation() override {
        return older_->generation();
    }
    boost::asio::awaitable<std::filesystem::path> project_directory() override {
        return older_->project_directory();
    }
    boost::asio::awaitable<core::Result<HealthFinding>> check_health(
        std::chrono::milliseconds limit) override {
        return older_->check_health(limit);
    }
    boost::asio::awaitable<core::Result<link::Reply>> call(
        link::Request request, core::CancelToken cancel, link::ProgressHandler progress) override {
        return older_->call(std::move(request), std::move(cancel), std::move(progress));
    }
    boost::asio::awaitable<core::Json> status() override { return older_->status(); }
    [[nodiscard]] core::Result<std::filesystem::path> snapshot_folder() const override {
        return older_->snapshot_folder();
    }
    [[nodiscard]] std::filesystem::path executable() const override { return older_->executable(); }
    void listen(std::optional<std::uint64_t> known, ChangeHandler handler) override {
        older_->listen(known, std::move(handler));
    }
    void stop_listening() override { older_->stop_listening(); }
    void close() override { older_->close(); }

  private:
    std::shared_ptr<Guest> older_;
};

}  // namespace blender_mcpd::blender
