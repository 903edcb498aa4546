// Pages for people, beside MCP on the same port. What is on them is the site's; who may see them,
// and how they travel, is the server's (HttpOptions::site). Loop thread only.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace blender_mcpd::transport {

struct Page {
    unsigned status = 200;
    std::string content_type{};
    std::string body{};
    std::string etag{};  // hexadecimal digits or the like; empty: none
};

class Site {
  public:
    virtual ~Site() = default;

    /// What is at a path, and who may have it.
    enum class Kind {
        none,    // nothing
        open,    // holds no secret, so everybody may
        page,    // who may not is shown where to sign in
        data,    // who may not is refused
        events,  // the same; a stream of what is published, see begin_events()
    };
    [[nodiscard]] virtual Kind kind(std::string_view path) const = 0;

    /// What is there, when it is open, a page or data. `signed_in`: with a browser, which can sign
    /// out by a POST to sign_out_path. Not called after stop() of the server, which waits for it.
    virtual boost::asio::awaitable<Page> get(std::string path, bool signed_in) = 0;

    enum class SignIn {
        wanted,     // has not tried yet
        wrong,      // that was not the token
        too_often,  // and tried again too soon
    };
    /// The page with a form that posts the field "token" to sign_in_path.
    [[nodiscard]] virtual Page sign_in_page(SignIn state) const = 0;

    /// From the first watcher on, until end_events(): what is published goes to all that watch.
    /// `publish` takes the whole state on one line, and is false when one of them could not take
    /// it yet and must be told again. Who comes later gets the last one.
    virtual void begin_events(std::function<bool(std::string state)> publish) = 0;
    /// Nobody watches any more.
    virtual void end_events() = 0;
};

inline constexpr std::string_view sign_in_path = "/login";
inline constexpr std::string_view sign_out_path = "/logout";

}  // namespace blender_mcpd::transport
