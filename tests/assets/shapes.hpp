// What the interfaces of the providers answer, in shape; the assets are made up.
#pragma once

#include "http_server.hpp"
#include "zip_file.hpp"

#include <nlohmann/json.hpp>

#include <string>

#include <md5.h>

namespace blender_mcpd::assets {

using Json = nlohmann::ordered_json;

inline std::string image(const std::string& content) {
    return "\x89PNG\r\n\x1a\n" + content;
}

inline std::string photo(const std::string& content) {
    return "\xff\xd8\xff" + content;
}

/// A server with a texture, an HDRI and a model.
class FakePolyHaven {
  public:
    explicit FakePolyHaven(HttpServer& server) : server_(server) {
        server.on("/assets", [this](const HttpServer::Request& request) {
            const std::string target(request.target());
            return Answer{200, lists[target.substr(target.find('=') + 1)].dump()};
        });
        add("old_bricks", 1, "Old Bricks", {"brick", "wall"},
            {{"Diffuse", map("old_bricks_diff_1k.jpg", photo("diffuse"))},
             {"nor_gl", map("old_bricks_nor_gl_1k.jpg", photo("normal"))},
             {"nor_dx", map("old_bricks_nor_dx_1k.jpg", photo("other normal"))},
             {"Rough", map("old_bricks_rough_1k.jpg", photo("rough"))},
             {"arm", map("old_bricks_arm_1k.jpg", photo("arm"))},
             {"Displacement", map("old_bricks_disp_1k.jpg", photo("disp"))},
             {"blend", Json::object()}});
        const auto sky = file("quiet_sky_1k.hdr", "#?RADIANCE\nsky");
        add("quiet_sky", 0, "Quiet Sky", {"sky", "sunset"},
            {{"hdri", {{"1k", {{"hdr", sky}}}, {"4k", {{"hdr", sky}, {"exr", sky}}}}},
             {"tonemapped", sky}});
        auto chair = file("chair_1k.gltf", R"({"asset":{"version":"2.0"}})");
        chair["include"] = {{"textures/chair_diff_1k.jpg", file("chair_diff.jpg", photo("wood"))},
                            {"chair.bin", file("chair.bin", "mesh")}};
        add("school_chair", 2, "School Chair", {"chair", "seating"},
            {{"gltf", {{"1k", {{"gltf", chair}}}}}, {"blend", Json::object()}});
        server.on("/thumb.png", Answer{200, image("thumb")});
    }

    std::map<std::string, Json> lists{
        {"textures", Json::object()}, {"hdris", Json::object()}, {"models", Json::object()}};

  private:
    Json file(const std::string& name, const std::string& content) {
        server_.on("/dl/" + name, assets::file(content, "\"1\""));
        char sum[MD5_DIGEST_STRING_LENGTH];
        MD5Data(reinterpret_cast<const std::uint8_t*>(content.data()), content.size(), sum);
        return {{"url", server_.url("/dl/" + name)}, {"size", content.size()}, {"md5", sum}};
    }
    Json map(const std::string& name, const std::string& content) {
        const auto one = file(name, content);
        return {{"1k", {{"jpg", one}}}, {"2k", {{"jpg", one}, {"png", one}}}};
    }
    void add(const std::string& id, int type, const std::string& name, const Json& tags,
             const Json& files) {
        const Json info{{"name", name},
                        {"type", type},
                        {"authors", {{"Ada Example", "All"}}},
                        {"categories", {"made up"}},
                        {"tags", tags},
                        {"download_count", 10},
                        {"max_resolution", {4096, 4096}},
                        {"thumbnail_url", server_.url("/thumb.png?width=256")}};
        lists[type == 1 ? "textures" : type == 0 ? "hdris" : "models"][id] = info;
        server_.on("/info/" + id, Answer{200, info.dump()});
        server_.on("/files/" + id, Answer{200, files.dump()});
    }

    HttpServer& server_;
};

/// The same of the other.
class FakeAmbientCg {
  public:
    explicit FakeAmbientCg(HttpServer& server) {
        archive = zip({{"Planks012_1K-JPG_Color.jpg", photo("colour")},
                       {"Planks012_1K-JPG_NormalGL.jpg", photo("normal")},
                       {"Planks012_1K-JPG_NormalDX.jpg", photo("normal")},
                       {"Planks012_1K-JPG_Roughness.jpg", photo("rough")},
                       {"Planks012_1K-JPG.usdc", "PXR-USDC"},
                       {"Planks012.png", image("preview")}});
        const auto download = [&](const std::string& attribute) {
            return Json{{"downloadLink", server.url("/get?file=Planks012_" + attribute + ".zip")},
                        {"fileName", "Planks012_" + attribute + ".zip"},
                        {"size", archive.size()},
                        {"filetype", "zip"},
                        {"attribute", attribute}};
        };
        const Json planks{
            {"assetId", "Planks012"},
            {"dataType", "Material"},
            {"displayName", "Planks 012"},
            {"tags", {"wood", "planks"}},
            {"downloadCount", 3},
            {"previewImage", {{"256-PNG", server.url("/thumb.png")}}},
            {"downloadFolders",
             {{"default",
               {{"downloadFiletypeCategories",
                 {{"zip",
                   {{"downloads",
                     {download("1K-JPG"), download("1K-PNG"), download("4K-JPG")}}}}}}}}}}};
        server.on("/api/v2/full_json", [planks](const HttpServer::Request& request) {
            const std::string target(request.target());
            const bool is_there = target.find("id=") == std::string::npos ||
                                  target.find("id=Planks012") != std::string::npos;
            Json answer{{"numberOfResults", is_there ? 1 : 0}, {"foundAssets", Json::array()}};
            const bool is_first = target.find("offset=") == std::string::npos ||
                                  target.find("offset=0") != std::string::npos;
            if (is_there && is_first) answer["foundAssets"].push_back(planks);
            return Answer{200, answer.dump()};
        });
        server.on("/get", Answer{302, "", {"Location: /cdn/Planks012.zip"}});
        server.on("/cdn/Planks012.zip", [this](const HttpServer::Request& request) {
            return file(archive, "\"1\"")(request);
        });
        server.on("/thumb.png", Answer{200, image("thumb")});
    }

    std::string archive;
};

}  // namespace blender_mcpd::assets
