#include "line_transport.hpp"

#include <blender_mcpd/transport/stdio.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>

namespace blender_mcpd::transport {

namespace asio = boost::asio;

namespace {

class StandardStreams final : public ByteStreams {
  public:
    StandardStreams(const asio::any_io_executor& executor, StdioDescriptors descriptors)
        : in_(executor, descriptors.in), out_(executor, descriptors.out) {
        boost::system::error_code ignored;  // then nothing is written at once
        out_.non_blocking(true, ignored);
    }

    asio::awaitable<IoResult> read_some(asio::mutable_buffer into) override {
        return in_.async_read_some(into, as_result);
    }
    asio::awaitable<IoResult> write(asio::const_buffer bytes) override {
        return asio::async_write(out_, bytes, as_result);
    }
    std::size_t write_now(asio::const_buffer bytes) override {
        boost::system::error_code error;
        return out_.non_blocking() ? out_.write_some(bytes, error) : 0;
    }
    void close_input() override {
        if (in_.is_open()) in_.close();
    }
    void close() override {
        close_input();
        if (out_.is_open()) out_.close();
    }
    [[nodiscard]] std::string_view transport() const override { return "stdio"; }
    [[nodiscard]] std::string input_name() const override { return "standard input"; }
    [[nodiscard]] std::string output_name() const override { return "standard output"; }

  private:
    asio::posix::stream_descriptor in_;
    asio::posix::stream_descriptor out_;
};

}  // namespace

struct StdioTransport::Impl {
    std::shared_ptr<LineTransport> lines;
};

StdioTransport::StdioTransport(core::Timers& timers, mcp::Server& server,
                               StdioDescriptors descriptors, LineOptions options)
    : impl_(std::make_unique<Impl>()) {
    impl_->lines = std::make_shared<LineTransport>(
        timers, server, server.name_client(),
        std::make_unique<StandardStreams>(timers.executor(), descriptors),
        descriptors.input_is_file ? InputEnd::nothing : InputEnd::client_went, options);
}

StdioTransport::~StdioTransport() = default;

asio::awaitable<void> StdioTransport::run() {
    return impl_->lines->run();
}

void StdioTransport::stop(core::CancelReason reason) {
    impl_->lines->stop(reason);
}

asio::awaitable<void> StdioTransport::finished() {
    return impl_->lines->finished();
}

}  // namespace blender_mcpd::transport
