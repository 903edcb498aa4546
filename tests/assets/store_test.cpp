#include "store.hpp"

#include "part_file.hpp"
#include "stage.hpp"
#include "zip_file.hpp"

#include <fstream>

#include <md5.h>
#include <support/catch.hpp>
#include <sys/stat.h>

namespace blender_mcpd::assets {
namespace {

namespace fs = std::filesystem;

std::string md5_of(const std::string& text) {
    char sum[MD5_DIGEST_STRING_LENGTH];
    return MD5Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), sum);
}

std::string png(std::size_t size, char fill = 'x') {
    return "\x89PNG\r\n\x1a\n" + std::string(size, fill);
}

struct Shop : Stage {
    Shop() = default;

    core::Result<StoredBundle> get(Bundle bundle) {
        return run(store().get(std::move(bundle), progress(), cancel.token()));
    }
    [[nodiscard]] ByteProgress progress() {
        return [this](std::uint64_t done, std::uint64_t total) { steps.emplace_back(done, total); };
    }
    [[nodiscard]] Bundle bundle(std::vector<RemoteFile> files) const {
        for (auto& one : files)
            one.url = server.url(one.url);
        return {site(), std::move(files)};
    }
    Store& store() {
        if (!store_) store_.emplace(timers, metrics, http, background, options);
        return *store_;
    }
    [[nodiscard]] fs::path partial(const Bundle& wanted) const {
        return options.folder / "partial" / key_of(wanted);
    }
    [[nodiscard]] std::size_t ready() const {
        std::error_code error;
        std::size_t count = 0;
        for (const auto& entry : fs::directory_iterator(options.folder / "ready", error)) {
            (void)entry;
            ++count;
        }
        return count;
    }

    Http http{timers, metrics, {.attempts = 1}, "test/1"};
    Background background;
    StoreOptions options{folder / "cache"};
    std::vector<std::pair<std::uint64_t, std::uint64_t>> steps;

  private:
    std::optional<Store> store_;
};

TEST_CASE("files come once, whole and checked, and are the user's alone") {
    Shop shop;
    const auto image = png(100'000);
    shop.server.on("/a.png", file(image, "\"1\""));
    shop.server.on("/t/b.png", file(image, "\"1\""));
    const auto wanted = shop.bundle({{"/a.png", "a.png", image.size(), md5_of(image)},
                                     {"/t/b.png", "textures/b.png", image.size(), {}}});
    const auto got = shop.get(wanted);
    REQUIRE(got.has_value());
    CHECK(shop.text_of(got->folder / "a.png") == image);
    CHECK(shop.text_of(got->folder / "textures/b.png") == image);
    CHECK(shop.steps.back() == std::pair<std::uint64_t, std::uint64_t>(200'016, 200'016));
    struct stat about {};
    REQUIRE(::stat(shop.options.folder.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777U) == 0700U);
    CHECK(!fs::exists(shop.partial(wanted)));

    CHECK(shop.get(wanted).has_value());
    CHECK(shop.server.targets.size() == 2);
    CHECK(shop.metrics.value(bytes_fetched) == 200'016);
}

TEST_CASE("what is not what was promised is thrown away") {
    Shop shop;
    const auto image = png(1'000);
    RemoteFile one{"/a.png", "a.png", image.size(), md5_of(image)};
    auto code = core::ErrorCode::protocol;
    SECTION("other bytes") {
        shop.server.on("/a.png", file(png(1'000, 'y'), "\"1\""));
    }
    SECTION("too few") {
        shop.server.on("/a.png", file(png(999), "\"1\""));
    }
    SECTION("too many") {
        shop.server.on("/a.png", file(png(1'001), "\"1\""));
        code = core::ErrorCode::too_large;
    }
    SECTION("a page, with status 200") {
        const std::string page = "<!DOCTYPE html><title>Sorry</title>";
        one.size = 0;
        one.md5 = "";
        shop.server.on("/a.png", file(page, "\"1\""));
    }
    SECTION("more than anybody allows") {
        shop.options.max_download = 500;
        one.size = 0;
        shop.server.on("/a.png", file(image, "\"1\""));
        code = core::ErrorCode::too_large;
    }
    const auto wanted = shop.bundle({one});
    const auto got = shop.get(wanted);
    REQUIRE(!got);
    CHECK(got.error().code == code);
    CHECK(!got.error().remedy.empty());
    CHECK(shop.ready() == 0);
    CHECK(!fs::exists(shop.partial(wanted) / "a.png"));
    const auto part = shop.partial(wanted) / "a.png.part";
    CHECK((!fs::exists(part) || fs::file_size(part) == 0));
}

TEST_CASE("a download that was cancelled goes on where it was") {
    Shop shop;
    const auto image = png(100'000);
    const auto wanted = shop.bundle({{"/a.png", "a.png", image.size(), md5_of(image)}});
    Answer half{200, image, {"ETag: \"1\""}, 40'000};
    half.pause = std::make_shared<core::Event>(shop.io.get_executor());
    shop.server.on("/a.png", half);
    std::optional<core::Result<StoredBundle>> got;
    shop.start(shop.store().get(wanted, shop.progress(), shop.cancel.token()), got);
    shop.drive([&] { return !shop.steps.empty() && shop.steps.back().first == 40'000; });
    shop.cancel.cancel(core::CancelReason::client);
    shop.drive([&] { return got.has_value(); });
    CHECK(got->error().code == core::ErrorCode::cancelled);
    CHECK(shop.ready() == 0);
    CHECK(fs::file_size(shop.partial(wanted) / "a.png.part") == 40'000);

    core::CancelSource again;
    SECTION("of the same version") {
        shop.server.on("/a.png", file(image, "\"1\""));
        const auto rest = shop.run(shop.store().get(wanted, shop.progress(), again.token()));
        REQUIRE(rest.has_value());
        CHECK(shop.text_of(rest->folder / "a.png") == image);
        CHECK(shop.server.requests.at(1)["Range"] == "bytes=40000-");
        CHECK(shop.server.requests.at(1)["If-Range"] == "\"1\"");
        CHECK(shop.metrics.value(bytes_fetched) == 100'008);
    }
    SECTION("of another version: from the start") {
        shop.server.on("/a.png", file(image, "\"2\""));
        const auto rest = shop.run(shop.store().get(wanted, shop.progress(), again.token()));
        REQUIRE(rest.has_value());
        CHECK(shop.text_of(rest->folder / "a.png") == image);
    }
    SECTION("when the server has no such part any more: from the start") {
        int asked = 0;
        shop.server.on("/a.png", [&, whole = file(image, "\"1\"")](const auto& request) {
            return ++asked == 1 ? Answer{416} : whole(request);
        });
        const auto rest = shop.run(shop.store().get(wanted, shop.progress(), again.token()));
        REQUIRE(rest.has_value());
        CHECK(shop.text_of(rest->folder / "a.png") == image);
    }
}

TEST_CASE("the parts of one file are never those of two versions") {
    Shop shop;
    const auto old = png(50'000, 'o');
    const auto image = png(50'000, 'n');
    // No sum tells them apart, and this server ignores If-Range.
    const auto wanted = shop.bundle({{"/a.png", "a.png", image.size(), {}}});
    shop.write("cache/partial/" + key_of(wanted) + "/a.png.part", old.substr(0, 20'000));
    shop.server.on("/a.png", file(image, "\"2\""));
    const auto got = shop.get(wanted);
    REQUIRE(got.has_value());
    CHECK(shop.text_of(got->folder / "a.png") == image);
    CHECK(shop.server.requests.at(0)["Range"].empty());
}

TEST_CASE("who asks for the same at once shares one download") {
    Shop shop;
    const auto image = png(1'000);
    const auto wanted = shop.bundle({{"/a.png", "a.png", image.size(), {}}});
    Answer answer{200, image};
    answer.pause = std::make_shared<core::Event>(shop.io.get_executor());
    shop.server.on("/a.png", answer);
    core::CancelSource impatient;
    std::optional<core::Result<StoredBundle>> first;
    std::optional<core::Result<StoredBundle>> second;
    shop.start(shop.store().get(wanted, nullptr, impatient.token()), first);
    shop.start(shop.store().get(wanted, shop.progress(), {}), second);
    shop.drive([&] { return !shop.server.targets.empty(); });
    impatient.cancel(core::CancelReason::client);
    shop.drive([&] { return first.has_value(); });
    CHECK(first->error().code == core::ErrorCode::cancelled);
    answer.pause->set();
    shop.drive([&] { return second.has_value(); });
    CHECK(second->has_value());
    CHECK(shop.server.targets.size() == 1);
    CHECK(!shop.steps.empty());
}

TEST_CASE("one file that fails ends the others, and what is whole stays for the next time") {
    Shop shop;
    const auto image = png(1'000);
    shop.server.on("/a.png", file(image, "\"1\""));
    const auto wanted = shop.bundle({{"/a.png", "a.png"}, {"/gone.png", "b.png"}});
    const auto got = shop.get(wanted);
    REQUIRE(!got);
    CHECK(got.error().code == core::ErrorCode::not_found);
    CHECK(shop.ready() == 0);
}

TEST_CASE("names of files that lead elsewhere are refused before anything is asked") {
    const std::string path = GENERATE("../a.png", "/tmp/a.png", "a/../../b.png", "a\\b.png", "",
                                      "a//b.png", ".hidden", "a/b/c/d/e/f/g/h/i.png");
    CAPTURE(path);
    Shop shop;
    const auto got = shop.get(shop.bundle({{"/a.png", path}}));
    REQUIRE(!got);
    CHECK(got.error().code == core::ErrorCode::protocol);
    CHECK(shop.server.targets.empty());
}

TEST_CASE("what is used least goes first, and never what is in use") {
    Shop shop;
    const auto image = png(1'000'000);
    shop.options.max_bytes = 2'500'000;
    const auto fetch = [&](const std::string& name) {
        shop.server.on("/" + name, file(image, "\"1\""));
        return shop.get(shop.bundle({{"/" + name, name, image.size(), {}}}));
    };
    const auto age = [](const fs::path& folder, int hours) {
        fs::last_write_time(folder, fs::file_time_type::clock::now() - std::chrono::hours(hours));
    };
    auto first = fetch("a.png");
    auto second = fetch("b.png");
    REQUIRE((first && second));
    age(first->folder, 3);
    age(second->folder, 2);
    SECTION("the oldest") {
        first->lease.reset();
        second->lease.reset();
        REQUIRE(fetch("c.png").has_value());
        CHECK(!fs::exists(first->folder));
        CHECK(fs::exists(second->folder));
    }
    SECTION("the oldest that is free") {
        second->lease.reset();
        REQUIRE(fetch("c.png").has_value());
        CHECK(fs::exists(first->folder));
        CHECK(!fs::exists(second->folder));
    }
    SECTION("not what was used since") {
        first->lease.reset();
        second->lease.reset();
        REQUIRE(fetch("a.png").has_value());
        REQUIRE(fetch("c.png").has_value());
        CHECK(fs::exists(first->folder));
        CHECK(!fs::exists(second->folder));
    }
}

TEST_CASE("what has come just now is in use, although nobody has taken it yet") {
    Shop shop;
    const bool is_archive = GENERATE(false, true);
    const auto content = is_archive ? zip({{"a.png", png(1'000)}}) : png(1'000);
    shop.server.on("/a", file(content, "\"1\""));
    auto wanted = shop.bundle({{"/a", is_archive ? "a.zip" : "a.png", content.size(), {}}});
    wanted.is_archive = is_archive;
    std::optional<core::Result<StoredBundle>> got;
    shop.start(shop.store().get(wanted, nullptr, {}), got);
    // The thread that lets it appear waits for nobody, and we for nothing else.
    shop.drive([&] { return shop.ready() == 1; });
    evict(shop.options.folder, 0);
    shop.drive([&] { return got.has_value(); });
    REQUIRE(got->has_value());
    CHECK(shop.text_of((*got)->folder / "a.png") == png(1'000));
}

TEST_CASE("a removal that was cut off is finished by the next one") {
    Shop shop;
    const auto cut_off = shop.options.folder / "partial" / "0123.gone";
    shop.write(cut_off / "a.png", png(1'000));
    shop.write("cache/partial/0123/a.png.part", png(1'000));
    evict(shop.options.folder, 1'000'000);
    CHECK(!fs::exists(cut_off));
    CHECK(fs::exists(shop.options.folder / "partial" / "0123"));
}

TEST_CASE("a folder of somebody else's is not used") {
    Shop shop;
    shop.write("elsewhere/file", "x");
    fs::create_directory_symlink(shop.folder / "elsewhere", shop.options.folder);
    const auto got = shop.get(shop.bundle({{"/a.png", "a.png"}}));
    REQUIRE(!got);
    CHECK(got.error().message.find("no folder of yours") != std::string::npos);
}

TEST_CASE("without a home there is an error that says what to set") {
    Shop shop;
    shop.options.folder.clear();
    const auto got = shop.get(shop.bundle({{"/a.png", "a.png"}}));
    REQUIRE(!got);
    CHECK(got.error().remedy == "Set assets.cache_folder");
}

}  // namespace
}  // namespace blender_mcpd::assets
