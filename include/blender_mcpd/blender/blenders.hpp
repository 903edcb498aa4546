// The Blenders that there are, and to which of them the calls of a client go. Loop thread only.
#pragma once

#include <blender_mcpd/blender/blender.hpp>
#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::blender {

/// Whichever the calls of that client go to.
inline constexpr std::string_view current_instance = "default";

struct StartRequest {
    std::string name;                  // empty: one is found
    std::filesystem::path blend_file;  // absolute; empty: the startup scene
};

/// Bytes of a name of one: 1 to 50 ASCII letters, digits, "_" and "-".
inline constexpr std::size_t longest_instance_name = 50;

class Blenders {
  public:
    virtual ~Blenders() = default;

    /// The one of that name; of none, and of current_instance, the one that calls of this client go
    /// to. Starts nothing. Errors: invalid, naming those that there are.
    virtual core::Result<std::shared_ptr<Blender>> find(std::string_view name,
                                                        const std::string& client) = 0;

    /// What this client must be told before a call of its goes to its current one, once: that
    /// another one was it, and is gone.
    virtual std::optional<core::Error> take_news(const std::string& client) = 0;

    /// What is known without asking any of them: a list of {name, kind, current, ...}.
    [[nodiscard]] virtual core::Json overview(const std::string& client) = 0;

    /// The same, and the state of each; within about a second.
    virtual boost::asio::awaitable<core::Json> list(std::string client) = 0;

    /// Starts one more without a window and waits until it is ready. Returns its name. Errors:
    /// invalid (the name, too many), or why it does not start; then there is none of that name.
    virtual boost::asio::awaitable<core::Result<std::string>> start(StartRequest request,
                                                                    core::CancelToken cancel) = 0;

    /// Ends one that blender-mcpd has started. Errors: invalid, when it is somebody else's, busy or
    /// has unsaved changes that are not to be discarded.
    virtual boost::asio::awaitable<core::Result<void>> stop(std::string name,
                                                            bool discard_changes) = 0;

    /// From now on calls of this client go there. Errors: as find().
    virtual core::Result<void> use(std::string_view name, const std::string& client) = 0;

    /// Tells of the changes of all that are connected, each with its name. See Blender::on_change.
    [[nodiscard]] virtual ChangeSubscription on_change(ChangeHandler handler) = 0;
};

}  // namespace blender_mcpd::blender
