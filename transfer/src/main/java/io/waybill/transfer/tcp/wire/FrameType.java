package io.waybill.transfer.tcp.wire;

import org.jspecify.annotations.Nullable;

/** The frame types of version 1, with the flags that each may carry beside CRITICAL. */
public enum FrameType {
  HELLO(0x01, 0),
  AUTH(0x02, 0),
  ERROR(0x03, 0),
  KEEPALIVE(0x04, 0),
  OFFER(0x10, FrameType.REPEAT),
  HAVE(0x11, FrameType.MORE),
  CHUNK(0x12, FrameType.BULK | FrameType.ZERO),
  CHUNK_ACK(0x13, 0),
  COMMIT(0x14, 0),
  COMMITTED(0x15, 0),
  ABORT(0x16, FrameType.DISCARD),
  OPEN(0x18, 0),
  LIST(0x20, FrameType.RECURSIVE),
  STAT(0x21, 0),
  ENTRIES(0x22, FrameType.MORE),
  RENAME(0x23, 0),
  DELETE(0x24, 0),
  MKDIR(0x25, 0),
  DONE(0x26, 0);

  /** A receiver that does not know the type must refuse the frame; without it, it skips it. */
  public static final int CRITICAL = 0x01;

  /** The payload is head, body and the body's own CRC32C. */
  public static final int BULK = 0x02;

  /** CHUNK: the body is left out, the chunk is all zero. */
  public static final int ZERO = 0x10;

  /** OFFER: repeats one whose COMMIT was never answered. */
  public static final int REPEAT = 0x10;

  /** HAVE, ENTRIES: another page follows. */
  public static final int MORE = 0x10;

  /** LIST: what is in the directories below, too. */
  public static final int RECURSIVE = 0x10;

  /** ABORT: the part file is of no more use. */
  public static final int DISCARD = 0x10;

  private static final @Nullable FrameType[] BY_CODE = new FrameType[256];

  static {
    for (FrameType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;
  private final int allowedFlags;

  FrameType(int code, int allowedFlags) {
    this.code = code;
    this.allowedFlags = allowedFlags | CRITICAL;
  }

  public int code() {
    return code;
  }

  public boolean allows(int flags) {
    return (flags & ~allowedFlags) == 0;
  }

  /** The type with this code, or null when this version has none. */
  public static @Nullable FrameType of(int code) {
    return BY_CODE[code & 0xff];
  }
}
