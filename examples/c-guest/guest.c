/* A function in C, written from ABI.md alone. It counts lines, words and bytes:
 * of an event, or of the body of an HTTP request. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
IMPORT("wafer_v1", "request_read")
uint32_t request_read(void *dst, uint32_t off, uint32_t len);
IMPORT("wafer_v1", "response_write")
uint32_t response_write(uint32_t part, const void *ptr, uint32_t len);
IMPORT("wafer_log_v1", "write")
void log_write(uint32_t level, const void *ptr, uint32_t len);

enum { KIND_BOOT = 0, KIND_INVOKE = 1, KIND_HTTP = 2 };
enum { STATUS_OK = 0, STATUS_ERROR = 1, STATUS_UNSUPPORTED = 2, STATUS_MALFORMED = 3 };
enum { PART_PAYLOAD = 1, PART_HTTP_HEAD = 2, PART_HTTP_BODY = 3, PART_ERROR = 4, PART_BOOT = 5 };
enum { TAG_METHOD = 32, TAG_PATH = 34, TAG_HEADER = 38, TAG_STATUS = 39, TAG_MESSAGE = 64, TAG_TYPE = 65,
       TAG_PEER = 80, TAG_HANDLES = 83, TAG_BODY = 127 };
enum { LEVEL_INFO = 1, FLAG_CRITICAL = 1 };

typedef struct { const uint8_t *ptr; uint32_t len; } bytes;
typedef struct { bytes method, path, body; } request;
typedef struct { uint8_t buf[512]; uint32_t len; } frame;

/* Says whether ABI.md lists the tag for requests. Unknown ones are skipped, unless
 * the sender insists. */
static int known(uint16_t tag) {
    return (tag >= 1 && tag <= 21) || (tag >= 32 && tag <= TAG_HEADER) || tag == TAG_BODY;
}

/* Finds the fields this function needs. wasm is little-endian, as frames are. */
static uint32_t decode(bytes in, request *req) {
    memset(req, 0, sizeof *req);
    for (uint32_t at = 0; at < in.len;) {
        uint16_t tag, flags;
        uint32_t size;
        if (in.len - at < 8) return STATUS_MALFORMED;
        memcpy(&tag, in.ptr + at, 2);
        memcpy(&flags, in.ptr + at + 2, 2);
        memcpy(&size, in.ptr + at + 4, 4);
        if (size > in.len - at - 8) return STATUS_MALFORMED;
        bytes value = {in.ptr + at + 8, size};
        at += 8 + size;
        if (tag == TAG_METHOD) req->method = value;
        else if (tag == TAG_PATH) req->path = value;
        else if (tag == TAG_BODY) req->body = value;
        else if ((flags & FLAG_CRITICAL) && !known(tag)) return STATUS_MALFORMED;
    }
    return STATUS_OK;
}

/* Appends a field. What is put into frames here is short. */
static void put(frame *f, uint16_t tag, const void *value, uint32_t size) {
    uint16_t flags = 0;
    memcpy(f->buf + f->len, &tag, 2);
    memcpy(f->buf + f->len + 2, &flags, 2);
    memcpy(f->buf + f->len + 4, &size, 4);
    memcpy(f->buf + f->len + 8, value, size);
    f->len += 8 + size;
}

static uint32_t fail(const char *type, const char *message) {
    frame f = {.len = 0};
    put(&f, TAG_MESSAGE, message, strlen(message));
    put(&f, TAG_TYPE, type, strlen(type));
    response_write(PART_ERROR, f.buf, f.len);
    return STATUS_ERROR;
}

static void log_info(const char *format, ...) {
    char line[128];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    log_write(LEVEL_INFO, line, n < (int)sizeof line ? n : (int)sizeof line - 1);
}

static uint32_t count(bytes text, char *out, size_t room) {
    unsigned lines = 0, words = 0, inside = 0;
    for (uint32_t i = 0; i < text.len; i++) {
        unsigned blank = text.ptr[i] == ' ' || text.ptr[i] == '\t' || text.ptr[i] == '\n' || text.ptr[i] == '\r';
        lines += text.ptr[i] == '\n';
        words += inside && blank;
        inside = !blank;
    }
    return snprintf(out, room, "{\"lines\":%u,\"words\":%u,\"bytes\":%u}\n", lines, words + inside, (unsigned)text.len);
}

static uint32_t boot(void) {
    frame f = {.len = 0};
    uint32_t handles = 1 | 2; /* events and HTTP */
    put(&f, TAG_PEER, "c-guest/1", 9);
    put(&f, TAG_HANDLES, &handles, 4);
    response_write(PART_BOOT, f.buf, f.len);
    return STATUS_OK;
}

static uint32_t invoke(const request *req) {
    if (req->body.len == 0) return fail("EmptyEvent", "nothing to count");
    char out[80];
    uint32_t n = count(req->body, out, sizeof out);
    log_info("counted %u bytes", (unsigned)req->body.len);
    response_write(PART_PAYLOAD, out, n - 1); /* without the newline */
    return STATUS_OK;
}

static uint32_t http(const request *req) {
    static const char type[] = "\x0c\0\0\0" "Content-Type" "application/json"; /* a pair */
    char out[80] = "\"send text with POST\"\n";
    frame f = {.len = 0};
    uint32_t status = 405, n = strlen(out);
    log_info("%.*s %.*s", (int)req->method.len, (const char *)req->method.ptr,
             (int)req->path.len, (const char *)req->path.ptr);
    if (req->method.len == 4 && memcmp(req->method.ptr, "POST", 4) == 0) {
        status = 200;
        n = count(req->body, out, sizeof out);
    }
    put(&f, TAG_STATUS, &status, 4);
    put(&f, TAG_HEADER, type, sizeof type - 1);
    response_write(PART_HTTP_HEAD, f.buf, f.len);
    response_write(PART_HTTP_BODY, out, n);
    return STATUS_OK;
}

__attribute__((export_name("wafer_v1_call")))
uint32_t wafer_v1_call(uint32_t kind, uint32_t len) {
    request req;
    uint32_t status;
    if (kind == KIND_BOOT) return boot();
    if (kind != KIND_INVOKE && kind != KIND_HTTP) return STATUS_UNSUPPORTED;
    uint8_t *in = malloc(len ? len : 1);
    if (in == NULL) return fail("OutOfMemory", "the request does not fit in memory");
    status = decode((bytes){in, request_read(in, 0, len)}, &req);
    if (status == STATUS_OK) status = kind == KIND_HTTP ? http(&req) : invoke(&req);
    free(in);
    return status;
}
