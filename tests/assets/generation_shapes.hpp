// What the interfaces of the services that make models answer, in shape.
#pragma once

#include "http_server.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace blender_mcpd::assets {

inline constexpr auto rodin_order =
    R"({"uuid":"t-1","jobs":{"uuids":["a"],"subscription_key":"s.k-1"}})";
inline constexpr auto rodin_done = R"({"error":"OK","jobs":[{"uuid":"a","status":"Done"}]})";

/// Takes every order, and has the model at once. The server must outlive its calls.
inline void serve_rodin(HttpServer& server) {
    using Json = nlohmann::ordered_json;
    server.on("/api/v2/rodin", Answer{201, rodin_order});
    server.on("/api/v2/status", Answer{201, rodin_done});
    server.on("/api/v2/download", [&server, signature = 0](const auto&) mutable {
        Json files = Json::array();
        files.push_back({{"name", "preview.webp"}, {"url", server.url("/p")}});
        files.push_back({{"name", "base_shaded.glb"}, {"url", server.url("/s.glb")}});
        files.push_back({{"name", "base_pbr.glb"},
                         {"url", server.url("/m.glb?sig=" + std::to_string(++signature))}});
        return Answer{201, Json{{"list", files}}.dump()};
    });
    server.on("/m.glb", Answer{200, "glTF the chair"});
}

}  // namespace blender_mcpd::assets
