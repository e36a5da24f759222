package io.waybill.transfer.tcp.wire;

import org.jspecify.annotations.Nullable;

/** The frame types of version 1, with the flags that each may carry beside CRITICAL and BULK. */
public enum FrameType {
  HELLO(0x01, 0),
  AUTH(0x02, 0),
  ERROR(0x03, 0),
  KEEPALIVE(0x04, 0),
  TICKETS(0x05, 0),
  OFFER(0x10, FrameType.REPEAT | FrameType.PARENTS | FrameType.DELTA),
  HAVE(0x11, FrameType.MORE),
  CHUNK(
      0x12,
      FrameType.BULK | FrameType.ZERO | FrameType.COMPRESSED | FrameType.LOCAL | FrameType.STARVED),
  CHUNK_ACK(0x13, 0),
  COMMIT(0x14, 0),
  COMMITTED(0x15, 0),
  ABORT(0x16, FrameType.DISCARD),
  OPEN(0x18, FrameType.DELTA),
  PULL(0x19, 0),
  BASE(0x1a, FrameType.MORE),
  LIST(0x20, FrameType.RECURSIVE),
  STAT(0x21, 0),
  ENTRIES(0x22, FrameType.MORE),
  RENAME(0x23, 0),
  DELETE(0x24, FrameType.DIRECTORY),
  MKDIR(0x25, 0),
  DONE(0x26, 0),
  NEXT(0x27, 0),
  BATCH(0x30, FrameType.BULK | FrameType.MORE | FrameType.COMPRESSED),
  BATCH_ACK(0x31, 0),
  QUERY(0x32, 0),
  NEED(0x33, 0),
  FETCH(0x34, 0);

  /** A receiver that does not know the type must refuse the frame; without it, it skips it. */
  public static final int CRITICAL = 0x01;

  /** The payload is head, body and the body's own CRC32C. */
  public static final int BULK = 0x02;

  /** CHUNK: the body is left out, the chunk is all zero. */
  public static final int ZERO = 0x10;

  /** OFFER: repeats one whose COMMIT was never answered. */
  public static final int REPEAT = 0x10;

  /** HAVE, BASE, ENTRIES, BATCH: another page follows. */
  public static final int MORE = 0x10;

  /** LIST: what is in the directories below, too. */
  public static final int RECURSIVE = 0x10;

  /** ABORT: the part file is of no more use. */
  public static final int DISCARD = 0x10;

  /** DELETE: of an empty directory. */
  public static final int DIRECTORY = 0x10;

  /** OFFER: missing directories are made. */
  public static final int PARENTS = 0x20;

  /** CHUNK, BATCH: the body is one zstd frame. */
  public static final int COMPRESSED = 0x20;

  /** OFFER, OPEN: the receiver may tell the chunks of the target that is there. */
  public static final int DELTA = 0x40;

  /** CHUNK: the body is left out, the chunk is one of the target that is there. */
  public static final int LOCAL = 0x40;

  /** CHUNK: its sender had to wait for credit before; a receiver may ignore that. */
  public static final int STARVED = 0x80;

  private static final @Nullable FrameType[] BY_CODE = new FrameType[256];

  static {
    for (FrameType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;
  private final int allowedFlags;
  private final boolean isBulk;

  FrameType(int code, int allowedFlags) {
    this.code = code;
    this.allowedFlags = allowedFlags | CRITICAL;
    this.isBulk = (allowedFlags & BULK) != 0;
  }

  public int code() {
    return code;
  }

  /** Whether a frame of this type may have these flags; one of a bulk type must have BULK. */
  public boolean allows(int flags) {
    return (flags & ~allowedFlags) == 0 && isBulk == ((flags & BULK) != 0);
  }

  /** The type with this code, or null when this version has none. */
  public static @Nullable FrameType of(int code) {
    return BY_CODE[code & 0xff];
  }
}
