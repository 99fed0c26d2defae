// A function in AssemblyScript: makes a URL slug of the title in the event.

// @ts-ignore: decorator
@external("wafer_v1", "request_read")
declare function requestRead(dst: usize, off: u32, len: u32): u32;

// @ts-ignore: decorator
@external("wafer_v1", "response_write")
declare function responseWrite(part: u32, ptr: usize, len: u32): u32;

// @ts-ignore: decorator
@external("wafer_log_v1", "write")
declare function logWrite(level: u32, ptr: usize, len: u32): void;

const KIND_INVOKE: u32 = 1;
const STATUS_OK: u32 = 0, STATUS_ERROR: u32 = 1, STATUS_UNSUPPORTED: u32 = 2, STATUS_MALFORMED: u32 = 3;
const PART_PAYLOAD: u32 = 1, PART_ERROR: u32 = 4;
const TAG_MESSAGE: u16 = 64, TAG_TYPE: u16 = 65, TAG_BODY: u16 = 127;
const FLAG_CRITICAL: u16 = 1;
const LEVEL_ERROR: u32 = 3;

/** Says whether ABI.md lists the tag for requests. */
function known(tag: u16): bool {
  return (tag >= 1 && tag <= 21) || (tag >= 32 && tag <= 38) || tag == TAG_BODY;
}

/** Returns the body of a frame, "" if it has none, null if it is no valid frame. */
function body(frame: ArrayBuffer): string | null {
  const base = changetype<usize>(frame);
  const end = <u32>frame.byteLength;
  let text = "";
  for (let at: u32 = 0; at < end; ) {
    if (end - at < 8) return null;
    const tag = load<u16>(base + at);
    const flags = load<u16>(base + at + 2);
    const size = load<u32>(base + at + 4);
    if (size > end - at - 8) return null;
    if ((flags & FLAG_CRITICAL) != 0 && !known(tag)) return null;
    if (tag == TAG_BODY) text = String.UTF8.decodeUnsafe(base + at + 8, size);
    at += 8 + size;
  }
  return text;
}

/** Appends a string field to a frame. */
function field(frame: u8[], tag: u16, text: string): void {
  const value = Uint8Array.wrap(String.UTF8.encode(text));
  frame.push(<u8>tag);
  frame.push(<u8>(tag >> 8));
  frame.push(0);
  frame.push(0);
  for (let shift = 0; shift < 32; shift += 8) frame.push(<u8>(value.length >> shift));
  for (let i = 0; i < value.length; i++) frame.push(value[i]);
}

function fail(type: string, message: string): u32 {
  const frame: u8[] = [];
  field(frame, TAG_MESSAGE, message);
  field(frame, TAG_TYPE, type);
  responseWrite(PART_ERROR, frame.dataStart, frame.length);
  return STATUS_ERROR;
}

function slug(title: string): string {
  const words: string[] = [];
  let word = "";
  for (let i = 0; i < title.length; i++) {
    const c = title.charAt(i).toLowerCase();
    if ((c >= "a" && c <= "z") || (c >= "0" && c <= "9")) {
      word += c;
    } else if (word.length > 0) {
      words.push(word);
      word = "";
    }
  }
  if (word.length > 0) words.push(word);
  return words.join("-");
}

export function wafer_v1_call(kind: u32, len: u32): u32 {
  if (kind != KIND_INVOKE) return STATUS_UNSUPPORTED; // no hooks, events only
  const frame = new ArrayBuffer(len);
  if (requestRead(changetype<usize>(frame), 0, len) != len) return STATUS_MALFORMED;
  const title = body(frame);
  if (title === null) return STATUS_MALFORMED;
  const result = slug(title);
  if (result.length == 0) return fail("EmptySlug", "the title has no letters and no digits");
  const bytes = String.UTF8.encode(result);
  responseWrite(PART_PAYLOAD, changetype<usize>(bytes), bytes.byteLength);
  return STATUS_OK;
}

/** Takes the place of the import env.abort, which no wafer host has. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const text = String.UTF8.encode((message ? message : "abort") + " at line " + line.toString());
  logWrite(LEVEL_ERROR, changetype<usize>(text), text.byteLength);
  unreachable();
}
