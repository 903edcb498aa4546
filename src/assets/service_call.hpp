// One question to a service, with its key.
#pragma once

#include "http.hpp"
#include "service_answer.hpp"
#include "site.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/secret.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace blender_mcpd::assets {

struct ServiceAccount {
    std::string_view service;
    Site site;
    std::string_view scheme{};  // of the Authorization header; empty: it wants no key
    core::Secret key{};
};

struct ServiceCall {
    std::string path;  // from "/" on
    Content content{};
    Repeat repeat = Repeat::when_it_may_help;
    std::chrono::milliseconds total{0};  // 0: that of an answer
    std::size_t max_bytes = std::size_t{1} << 20;
};

struct ServiceReply {
    HttpAnswer answer;
    Asked asked;

    [[nodiscard]] core::Result<core::Json> document() const { return document_of(answer, asked); }
};

/// The key goes to the origin of the account's site alone.
boost::asio::awaitable<ServiceReply> call_service(Http& http, const ServiceAccount& account,
                                                  ServiceCall call, core::CancelToken cancel);

/// An order, with time for its pictures to leave: sent once.
[[nodiscard]] ServiceCall order(std::string path, Content content);

}  // namespace blender_mcpd::assets
