#include "status_page.hpp"

#include "status_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace blender_mcpd::app {

namespace asio = boost::asio;

namespace {

using Kind = transport::Site::Kind;

struct Place {
    std::string_view path;
    Kind kind;
    std::string_view file{};  // of src/app/status, served as it is
    std::string_view content_type{};
};

constexpr std::string_view html = "text/html; charset=utf-8";
constexpr std::string_view picture_path = "/status/picture";

constexpr Place places[] = {
    {"/", Kind::page},
    {picture_path, Kind::data},
    {"/status/events", Kind::events},
    {"/status.css", Kind::open, "status.css", "text/css; charset=utf-8"},
    {"/status.js", Kind::open, "status.js", "text/javascript; charset=utf-8"},
    {"/status.svg", Kind::open, "status.svg", "image/svg+xml"},
};

const Place* place_of(std::string_view path) {
    const auto* found = std::ranges::find(places, path, &Place::path);
    return found == std::end(places) ? nullptr : found;
}

}  // namespace

StatusPage::StatusPage(core::Timers& timers, blender::Blenders& blenders, tools::RecentCalls& calls,
                       std::string version)
    : timers_(timers),
      blenders_(blenders),
      calls_(calls),
      version_(std::move(version)),
      since_(std::chrono::system_clock::now()) {}

StatusPage::~StatusPage() {
    end_events();
}

Kind StatusPage::kind(std::string_view path) const {
    const auto* place = place_of(path);
    return place == nullptr ? Kind::none : place->kind;
}

asio::awaitable<transport::Page> StatusPage::get(std::string path, bool signed_in) {
    transport::Page page;
    if (path == picture_path) co_return picture();
    if (path == "/") {
        const auto snapshot = co_await look();
        page.content_type = html;
        page.body = status_document(snapshot, signed_in);
        co_return page;
    }
    const auto* place = place_of(path);
    page.content_type = place->content_type;
    page.body = status_file(place->file);
    co_return page;
}

transport::Page StatusPage::picture() const {
    const auto& last = calls_.picture();
    if (!last || !last->bytes)
        return {.status = 404, .content_type = "text/plain; charset=utf-8", .body = "No picture\n"};
    return {.content_type = last->mime_type,
            .body = *last->bytes,
            .etag = fmt::format("{:x}-{}", since_.time_since_epoch().count(), last->number)};
}

transport::Page StatusPage::sign_in_page(SignIn state) const {
    std::string_view problem;
    if (state == SignIn::wrong) problem = "That is not the token of this daemon.";
    if (state == SignIn::too_often)
        problem = "There were too many wrong tokens. Wait a minute, then try again.";
    return {.content_type = std::string(html), .body = sign_in_document(problem)};
}

asio::awaitable<StatusSnapshot> StatusPage::look() {
    auto blenders = co_await blenders_.list("");
    co_return StatusSnapshot{version_, since_, std::chrono::system_clock::now(),
                             std::move(blenders), calls_};
}

asio::awaitable<std::string> StatusPage::look_for_event() {
    const auto snapshot = co_await look();
    co_return status_event(snapshot);
}

void StatusPage::begin_events(std::function<bool(std::string state)> publish) {
    feed_ = std::make_shared<StatusFeed>(
        timers_, [this] { return look_for_event(); }, std::move(publish));
    calls_.on_change([this] { feed_->news(); });
    feed_->start();
}

void StatusPage::end_events() {
    if (!feed_) return;
    calls_.on_change({});
    std::exchange(feed_, nullptr)->end();
}

}  // namespace blender_mcpd::app
