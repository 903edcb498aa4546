#include "native_carrier.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <nlohmann/json.hpp>

namespace blender_mcpd::blender {
namespace {

// In the coroutine's own keeping: the carrier may go meanwhile.
boost::asio::awaitable<core::Result<std::string>> run(std::shared_ptr<Guest> older,
                                                      link::Request request,
                                                      core::CancelToken cancel) {
    const link::ProgressHandler nobody = [](const link::Progress&) {};
    const auto reply = co_await older->call(std::move(request), std::move(cancel), nobody);
    if (!reply) co_return reply.error();
    const auto result = core::parse_json(reply->result());
    if (!result || !result->is_object() || !result->contains("stdout") ||
        !(*result)["stdout"].is_string())
        co_return core::Error{core::ErrorCode::protocol, "The runtime there answers otherwise"};
    co_return (*result)["stdout"].get<std::string>();
}

}  // namespace

boost::asio::awaitable<core::Result<std::string>> NativeCarrier::execute(
    std::string code, std::chrono::milliseconds limit, core::CancelToken cancel) {
    link::Request request;
    request.op = "execute_blender_code";
    request.args = core::dump({{"code", std::move(code)}});
    request.uuid = core::random_hex(16);
    request.timeout = limit;
    return run(older_, std::move(request), std::move(cancel));
}

std::size_t NativeCarrier::max_code_bytes() const {
    return older_->connection_options.max_request_bytes / 4;  // as JSON it is longer
}

}  // namespace blender_mcpd::blender
