#include "curl_library.hpp"

#include <blender_mcpd/core/text.hpp>

#include <array>
#include <string>

#include <dlfcn.h>

namespace blender_mcpd::assets {
namespace {

// The interface is the same with either library for TLS.
constexpr std::array library_names{"libcurl.so.4", "libcurl-gnutls.so.4"};

template <typename Function>
bool find(void* handle, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(handle, name));
    return function != nullptr;
}

bool find_all(void* handle, CurlLibrary& library) {
    return find(handle, "curl_global_init", library.global_init) &&
           find(handle, "curl_easy_init", library.easy_init) &&
           find(handle, "curl_easy_setopt", library.easy_setopt) &&
           find(handle, "curl_easy_getinfo", library.easy_getinfo) &&
           find(handle, "curl_easy_strerror", library.easy_strerror) &&
           find(handle, "curl_easy_cleanup", library.easy_cleanup) &&
           find(handle, "curl_multi_init", library.multi_init) &&
           find(handle, "curl_multi_add_handle", library.multi_add_handle) &&
           find(handle, "curl_multi_remove_handle", library.multi_remove_handle) &&
           find(handle, "curl_multi_perform", library.multi_perform) &&
           find(handle, "curl_multi_info_read", library.multi_info_read) &&
           find(handle, "curl_multi_poll", library.multi_poll) &&
           find(handle, "curl_multi_wakeup", library.multi_wakeup) &&
           find(handle, "curl_multi_cleanup", library.multi_cleanup) &&
           find(handle, "curl_mime_init", library.mime_init) &&
           find(handle, "curl_mime_addpart", library.mime_addpart) &&
           find(handle, "curl_mime_name", library.mime_name) &&
           find(handle, "curl_mime_data", library.mime_data) &&
           find(handle, "curl_mime_filename", library.mime_filename) &&
           find(handle, "curl_mime_type", library.mime_type) &&
           find(handle, "curl_mime_free", library.mime_free) &&
           find(handle, "curl_slist_append", library.slist_append) &&
           find(handle, "curl_slist_free_all", library.slist_free_all);
}

core::Error missing(const std::string& why) {
    return {core::ErrorCode::unavailable,
            "assets cannot be fetched, as libcurl cannot be loaded: " + core::excerpt(why, 300),
            "Install libcurl4 (Debian 12: apt install libcurl4), then call again. The assets in "
            "your own folders (provider local) need no network"};
}

core::Result<CurlLibrary> load_library() {
    void* handle = nullptr;
    std::string why;
    for (const auto* name : library_names) {
        handle = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
        if (handle != nullptr) break;
        const char* const reason = ::dlerror();
        if (why.empty()) why = reason == nullptr ? name : reason;
    }
    if (handle == nullptr) return missing(why);
    CurlLibrary library;
    if (!find_all(handle, library)) return missing("it is older than 7.68");
    if (library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return missing("it does not initialise");
    return library;
}

}  // namespace

core::Result<const CurlLibrary*> CurlLibrary::load() {
    static const auto library = load_library();
    if (!library) return library.error();
    return &*library;
}

}  // namespace blender_mcpd::assets
