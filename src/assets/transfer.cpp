#include "transfer.hpp"

#include "low_priority.hpp"

#include <blender_mcpd/core/text.hpp>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace blender_mcpd::assets {

namespace asio = boost::asio;

struct TransferJob : std::enable_shared_from_this<TransferJob> {
    TransferRequest request;
    std::shared_ptr<Receiver> receiver;
    std::function<void(TransferStep)> on_step;
    std::function<void(TransferEnd)> on_end;
    asio::any_io_executor loop;
    std::atomic<bool> cancelled = false;
    std::atomic<bool> step_is_posted = false;

    // Of the transfer thread.
    CURL* easy = nullptr;
    curl_slist* headers = nullptr;
    curl_mime* form = nullptr;
    curl_off_t sent = 0;  // bytes of the body
    TransferEnd end;
    bool has_begun = false;  // the receiver has seen the head
    std::array<char, CURL_ERROR_SIZE> detail{};

    /// Tells the loop, which hears of one step at a time.
    void tell(TransferStep step) {
        if (step_is_posted.exchange(true)) return;
        asio::post(loop, [self = shared_from_this(), step] {
            self->step_is_posted = false;
            self->on_step(step);
        });
    }
};

namespace {

std::optional<asio::ip::address> address_of(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        return asio::ip::make_address_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address.sa_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
        asio::ip::address_v6::bytes_type bytes;
        std::copy(std::begin(v6.sin6_addr.s6_addr), std::end(v6.sin6_addr.s6_addr), bytes.begin());
        return asio::ip::address_v6(bytes);
    }
    return std::nullopt;
}

struct Callbacks {
    /// Before each connection, about the address that the name has led to.
    static curl_socket_t open_socket(void* data, curlsocktype, curl_sockaddr* wanted) {
        auto& job = *static_cast<TransferJob*>(data);
        const auto address = address_of(wanted->addr);
        if (!address || !may_connect(*address, job.request.reach)) {
            job.end.error = core::Error{
                core::ErrorCode::invalid,
                fmt::format("{} may not be fetched: its host has the address {}, which is not on "
                            "the public Internet",
                            shown(job.request.url), address ? address->to_string() : "of no kind"),
                "Look at the name server of this machine: it may redirect providers"};
            return CURL_SOCKET_BAD;
        }
        return ::socket(wanted->family, wanted->socktype | SOCK_CLOEXEC, wanted->protocol);
    }

    static int connected(void* data, char*, char*, int, int) {
        auto& job = *static_cast<TransferJob*>(data);
        job.end.connected = true;
        job.tell(TransferStep::connected);
        return CURL_PREREQFUNC_OK;
    }

    static std::size_t header(char* bytes, std::size_t, std::size_t size, void* data) {
        auto& job = *static_cast<TransferJob*>(data);
        constexpr std::size_t most_headers = 200;
        std::string_view line(bytes, size);
        while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
            line.remove_suffix(1);
        if (line.starts_with("HTTP/")) {
            job.end.head = {};
            const auto status = line.substr(std::min(line.find(' ') + 1, line.size()), 3);
            job.end.head.status = std::atoi(std::string(status).c_str());
        } else if (const auto colon = line.find(':');
                   colon != std::string_view::npos && job.end.head.headers.size() < most_headers) {
            job.end.head.headers.insert_or_assign(
                core::lower_case(line.substr(0, colon)),
                std::string(core::trimmed(line.substr(colon + 1))));
        }
        return size;
    }

    static std::size_t body(char* bytes, std::size_t, std::size_t size, void* data) {
        auto& job = *static_cast<TransferJob*>(data);
        if (job.cancelled) return CURL_WRITEFUNC_ERROR;
        if (!job.receiver->takes(job.end.head.status)) return size;
        if (!std::exchange(job.has_begun, true))
            if (job.end.error = job.receiver->begin(job.end.head); job.end.error)
                return CURL_WRITEFUNC_ERROR;
        job.end.error = job.receiver->write({bytes, size});
        job.tell(TransferStep::received);  // afterwards: who is told counts what is there
        return job.end.error ? CURL_WRITEFUNC_ERROR : size;
    }

    static int progress(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t sent) {
        auto& job = *static_cast<TransferJob*>(data);
        if (std::exchange(job.sent, sent) != sent) job.tell(TransferStep::sent);
        return job.cancelled ? 1 : 0;
    }
};

/// Makes it the request that its content says. The job keeps the content.
void set_content(const CurlLibrary& curl, TransferJob& job) {
    const auto& content = *job.request.content;
    if (!content.form.empty()) {
        job.form = curl.mime_init(job.easy);
        for (const auto& field : content.form) {
            auto* const part = curl.mime_addpart(job.form);
            curl.mime_name(part, field.name.c_str());
            curl.mime_data(part, field.value.data(), field.value.size());
            if (!field.file_name.empty()) curl.mime_filename(part, field.file_name.c_str());
            if (!field.type.empty()) curl.mime_type(part, field.type.c_str());
        }
        curl.easy_setopt(job.easy, CURLOPT_MIMEPOST, job.form);
        return;
    }
    if (content.method == Method::get) return;
    curl.easy_setopt(job.easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(content.json.size()));
    curl.easy_setopt(job.easy, CURLOPT_POSTFIELDS, content.json.c_str());
    if (content.method == Method::put) curl.easy_setopt(job.easy, CURLOPT_CUSTOMREQUEST, "PUT");
    job.headers = curl.slist_append(job.headers, "Content-Type: application/json");
}

/// What went wrong, by libcurl's number.
core::Error explain(int code, std::string_view detail, const std::string& url) {
    const auto text = core::excerpt(detail, 200);
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return {
                core::ErrorCode::connection,
                fmt::format("{} cannot be fetched: its host has no address ({})", shown(url), text),
                "Is this machine on the Internet? Assets in your own folders (provider local) "
                "need no network"};
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
            return {core::ErrorCode::connection,
                    fmt::format("{} cannot be fetched: its certificate is not trusted ({})",
                                shown(url), text),
                    "Install ca-certificates, and set the clock of this machine; a network that "
                    "looks into TLS needs its certificate installed"};
        case CURLE_PARTIAL_FILE:
        case CURLE_RECV_ERROR:
        case CURLE_GOT_NOTHING:
        case CURLE_HTTP2_STREAM:
            return {core::ErrorCode::connection,
                    fmt::format("the transfer of {} broke off ({})", shown(url), text),
                    "Call again: what has come is kept"};
        default:
            return {core::ErrorCode::connection,
                    fmt::format("{} cannot be fetched: {}", shown(url), text),
                    "Call again in a while"};
    }
}

bool is_temporary(int code) {
    constexpr std::array temporary{
        CURLE_COULDNT_CONNECT, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR,
        CURLE_GOT_NOTHING,     CURLE_HTTP2_STREAM, CURLE_HTTP2,      CURLE_SSL_CONNECT_ERROR};
    return std::ranges::find(temporary, code) != temporary.end();
}

}  // namespace

void Transfer::cancel() {
    job_->cancelled = true;
    owner_.curl_->multi_wakeup(owner_.multi_);
}

Transfers::~Transfers() {
    if (!thread_.joinable()) return;
    stopping_ = true;
    curl_->multi_wakeup(multi_);
    thread_.join();
    curl_->multi_cleanup(multi_);
}

core::Result<Transfer> Transfers::start(TransferRequest request, std::shared_ptr<Receiver> receiver,
                                        std::function<void(TransferStep)> on_step,
                                        std::function<void(TransferEnd)> on_end) {
    if (curl_ == nullptr) {
        const auto loaded = CurlLibrary::load();
        if (!loaded) return loaded.error();
        curl_ = *loaded;
        multi_ = curl_->multi_init();
        thread_ = std::thread([this] { run(); });
    }
    auto job = std::make_shared<TransferJob>();
    job->request = std::move(request);
    job->receiver = std::move(receiver);
    job->on_step = std::move(on_step);
    job->on_end = std::move(on_end);
    job->loop = loop_;
    {
        const std::lock_guard lock(mutex_);
        new_jobs_.push_back(job);
    }
    curl_->multi_wakeup(multi_);
    return Transfer(*this, std::move(job));
}

void Transfers::run() {
    take_low_priority();
    constexpr int longest_poll_ms = 60'000;  // whoever wants something wakes us
    while (!stopping_) {
        take_new();
        drop_cancelled();
        int running = 0;
        curl_->multi_perform(multi_, &running);
        finish_done();
        curl_->multi_poll(multi_, nullptr, 0, longest_poll_ms, nullptr);
    }
    for (const auto& job : jobs_)
        release(*job);
}

void Transfers::take_new() {
    std::vector<std::shared_ptr<TransferJob>> jobs;
    {
        const std::lock_guard lock(mutex_);
        jobs.swap(new_jobs_);
    }
    for (auto& job : jobs) {
        using Call = Callbacks;
        const auto set = [&](CURLoption option, auto value) {
            curl_->easy_setopt(job->easy, option, value);
        };
        job->easy = curl_->easy_init();
        for (const auto& line : job->request.headers)
            job->headers = curl_->slist_append(job->headers, line.c_str());
        if (job->request.content) set_content(*curl_, *job);
        const bool local = job->request.reach == Reach::loopback;
        set(CURLOPT_URL, job->request.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, local ? "http" : "https");
        set(CURLOPT_USERAGENT, job->request.user_agent.c_str());
        set(CURLOPT_HTTPHEADER, job->headers);
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_FRESH_CONNECT, job->request.once ? 1L : 0L);
        set(CURLOPT_PROXY, "");  // its address would be judged in place of the server's
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_QUICK_EXIT, 1L);
        set(CURLOPT_CONNECTTIMEOUT_MS, 3'600'000L);  // the deadlines are the caller's
        set(CURLOPT_OPENSOCKETFUNCTION, &Call::open_socket);
        set(CURLOPT_OPENSOCKETDATA, job.get());
        set(CURLOPT_PREREQFUNCTION, &Call::connected);
        set(CURLOPT_PREREQDATA, job.get());
        set(CURLOPT_HEADERFUNCTION, &Call::header);
        set(CURLOPT_HEADERDATA, job.get());
        set(CURLOPT_WRITEFUNCTION, &Call::body);
        set(CURLOPT_WRITEDATA, job.get());
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &Call::progress);
        set(CURLOPT_XFERINFODATA, job.get());
        set(CURLOPT_ERRORBUFFER, job->detail.data());
        curl_->multi_add_handle(multi_, job->easy);
        jobs_.push_back(std::move(job));
    }
}

void Transfers::drop_cancelled() {
    std::erase_if(jobs_, [&](const auto& job) {
        if (!job->cancelled) return false;
        end(*job, CURLE_ABORTED_BY_CALLBACK);
        return true;
    });
}

void Transfers::finish_done() {
    int left = 0;
    while (const auto* message = curl_->multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const auto found = std::ranges::find_if(
            jobs_, [&](const auto& job) { return job->easy == message->easy_handle; });
        const auto job = *found;
        const int code = message->data.result;
        jobs_.erase(found);
        end(*job, code);
    }
}

void Transfers::end(TransferJob& job, int code) {
    const auto status = job.end.head.status;
    if (code == CURLE_OK && job.receiver->takes(status) && !job.has_begun) {  // of an empty body
        job.has_begun = true;
        job.end.error = job.receiver->begin(job.end.head);
    }
    if (code != CURLE_OK && !job.end.error) {
        const std::string_view detail(job.detail.data());
        job.end.error = explain(
            code, detail.empty() ? curl_->easy_strerror(static_cast<CURLcode>(code)) : detail,
            job.request.url);
        job.end.temporary = is_temporary(code);
    }
    release(job);
    asio::post(job.loop, [self = job.shared_from_this()] { self->on_end(std::move(self->end)); });
}

void Transfers::release(TransferJob& job) {
    curl_->multi_remove_handle(multi_, job.easy);
    curl_->easy_cleanup(job.easy);
    curl_->slist_free_all(job.headers);
    curl_->mime_free(job.form);
}

}  // namespace blender_mcpd::assets
