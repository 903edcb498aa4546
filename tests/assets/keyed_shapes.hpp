// What the interfaces of providers that want a key answer, in shape; the assets are made up.
#pragma once

#include "http_server.hpp"
#include "shapes.hpp"
#include "zip_file.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace blender_mcpd::assets {

/// The value of a parameter in a request's target, still encoded; empty: there is none.
inline std::string parameter(const HttpServer::Request& request, const std::string& name) {
    const auto target = "&" + request.target().substr(request.target().find('?') + 1);
    const auto at = target.find("&" + name + "=");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 2;
    return target.substr(begin, target.find('&', begin) - begin);
}

/// A server with numbered chairs, which it shows by pages of at most 24, behind cursors.
class FakeSketchfab {
  public:
    static constexpr auto token = "sk3tchfab-s3cret-token";

    explicit FakeSketchfab(HttpServer& server) : server_(server) {
        guarded("/v3/search", [this](const HttpServer::Request& request) {
            const auto cursor = parameter(request, "cursor");
            const std::size_t begin = cursor.empty() ? 0 : std::stoul(cursor.substr(1));
            const auto size = std::min<std::size_t>(std::stoul(parameter(request, "count")), 24);
            Json answer{{"results", Json::array()}, {"cursors", {{"next", nullptr}}}};
            for (auto index = begin; index < std::min(begin + size, models.size()); ++index)
                answer["results"].push_back(models[index]);
            if (begin + size < models.size())
                answer["cursors"]["next"] = "p" + std::to_string(begin + size);
            return Answer{200, answer.dump()};
        });
        for (int number = 1; number <= 30; ++number)
            add(number);
        server.on("/thumb.jpg", Answer{200, photo("thumb")});
    }

    /// "5ca1ab1e" and so many zeros and digits that it has 32.
    static std::string id(int number) {
        const auto digits = std::to_string(number);
        return "5ca1ab1e" + std::string(24 - digits.size(), '0') + digits;
    }

    /// What is answered to who asks for the files of that one.
    void offer(int number, const Json& downloads) {
        guarded("/v3/models/" + id(number) + "/download", [downloads](const auto&) {
            return Answer{200, downloads.dump()};
        });
    }
    Json file(const std::string& name, const std::string& content) {
        server_.on("/dl/" + name, assets::file(content, "\"1\""));
        return {{"url", server_.url("/dl/" + name + "?signature=" + std::to_string(++signatures_))},
                {"size", content.size()},
                {"expires", 300}};
    }

    std::vector<Json> models;

  private:
    void add(int number) {
        const auto uid = id(number);
        models.push_back(
            {{"uid", uid},
             {"name", "Chair " + std::to_string(number)},
             {"user", {{"username", "ada"}, {"displayName", "Ada Example"}}},
             {"license",
              {{"uid", "322a749bcfa841b29dff1e8a1bb74b0b"}, {"label", "CC Attribution"}}},
             {"tags", {{{"name", "wood"}}}},
             {"categories", {{{"name", "Furniture & Home"}}}},
             {"thumbnails",
              {{"images",
                {{{"url", server_.url("/huge.jpg")}, {"width", 1920}},
                 {{"url", server_.url("/thumb.jpg")}, {"width", 720}},
                 {{"url", server_.url("/tiny.jpg")}, {"width", 50}}}}}},
             {"faceCount", number * 100},
             {"animationCount", number % 2},
             {"isDownloadable", true}});
        guarded("/v3/models/" + uid, [this, number](const auto&) {
            return Answer{200, models[static_cast<std::size_t>(number - 1)].dump()};
        });
    }
    void guarded(const std::string& path, HttpServer::Handler handler) {
        server_.on(path, [handler](const HttpServer::Request& request) {
            return request["Authorization"] == std::string("Token ") + token ? handler(request)
                                                                             : Answer{401};
        });
    }

    HttpServer& server_;
    int signatures_ = 0;
};

/// A server with numbered trees, by pages of at most 32.
class FakePolyPizza {
  public:
    static constexpr auto key = "p1zza-s3cret-key";

    explicit FakePolyPizza(HttpServer& server) : server_(server) {
        const auto search = [this](const HttpServer::Request& request) {
            const auto page = parameter(request, "Page");
            const auto size = std::min<std::size_t>(std::stoul(parameter(request, "Limit")), 32);
            const auto begin = size * (page.empty() ? 0 : std::stoul(page));
            Json answer{{"total", models.size()}, {"results", Json::array()}};
            for (auto index = begin; index < std::min(begin + size, models.size()); ++index)
                answer["results"].push_back(models[index]);
            return Answer{200, answer.dump()};
        };
        guarded("/v1.1/search", search);
        guarded("/v1.1/search/tree", search);
        guarded("/v1.1/search/oak%20tree", search);
        for (int number = 1; number <= 40; ++number)
            add(number);
        server.on("/thumb.webp", Answer{200, std::string("RIFF\x10\0\0\0WEBPVP8 ", 16)});
    }

    std::vector<Json> models;

  private:
    void add(int number) {
        const auto id = "tree-" + std::to_string(number);
        server_.on("/static/" + id + ".glb", assets::file("glTF " + id, "\"1\""));
        models.push_back({{"ID", id},
                          {"Title", "Tree " + std::to_string(number)},
                          {"Attribution", "Tree by Bob [CC-BY] via Poly Pizza"},
                          {"Thumbnail", server_.url("/thumb.webp")},
                          {"Download", server_.url("/static/" + id + ".glb")},
                          {"Tri Count", number * 10},
                          {"Creator", {{"Username", "Bob"}, {"DPURL", "https://x.test/bob.png"}}},
                          {"Category", "Nature"},
                          {"Tags", {"tree", "forest"}},
                          {"Licence", number % 2 == 1 ? "CC-BY 3.0" : "CC0 1.0"},
                          {"Animated", false}});
        guarded("/v1.1/model/" + id, [this, number](const auto&) {
            return Answer{200, models[static_cast<std::size_t>(number - 1)].dump()};
        });
    }
    void guarded(const std::string& path, HttpServer::Handler handler) {
        server_.on(path, [handler](const HttpServer::Request& request) {
            return request["x-auth-token"] == key ? handler(request) : Answer{401};
        });
    }

    HttpServer& server_;
};

}  // namespace blender_mcpd::assets
