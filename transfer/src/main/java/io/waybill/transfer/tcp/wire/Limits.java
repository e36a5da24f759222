package io.waybill.transfer.tcp.wire;

import java.time.Duration;

/** The fixed limits of version 1; every length is held against them before memory is taken. */
public final class Limits {
  /** Header before the payload. */
  public static final int HEADER_BYTES = 16;

  /** CRC32C behind the payload. */
  public static final int TRAILER_BYTES = 4;

  /** Head of a bulk payload. */
  public static final int BULK_HEAD_BYTES = 16;

  /** What a bulk payload holds beside its body: the head and the body's CRC32C. */
  public static final int BULK_OVERHEAD_BYTES = BULK_HEAD_BYTES + 4;

  /** Largest payload of a control frame. */
  public static final int CONTROL_BYTES = 64 << 10;

  /** Largest chunk, so largest body of a bulk frame. */
  public static final int CHUNK_BYTES = 8 << 20;

  /** Largest payload of one frame before login. */
  public static final int LOGIN_FRAME_BYTES = 4 << 10;

  /** Most bytes in all before login. */
  public static final int LOGIN_TOTAL_BYTES = 16 << 10;

  /** Longest time before login is complete, as the server sees it. */
  public static final Duration LOGIN_TIME = Duration.ofSeconds(10);

  /** Credit a receiver gives at the start. */
  public static final int WINDOW_START_BYTES = 8 << 20;

  /** Most that may ever be outstanding on a stream, and that a session's windows grow to. */
  public static final int WINDOW_LIMIT_BYTES = 32 << 20;

  /** Least credit that a chunk costs, which bounds the acknowledgements on the way to 512. */
  public static final int CHUNK_LEAST_COST_BYTES = 64 << 10;

  /** How often one damaged chunk is sent again before the transfer gives up. */
  public static final int CHUNK_RETRIES = 3;

  /** Least credit that a batch costs; its acknowledgement is the larger one. */
  public static final int BATCH_LEAST_COST_BYTES = 256 << 10;

  /** Largest body of a batch, before compression. */
  public static final int BATCH_BYTES = 1 << 20;

  /** Most files of a batch, paths of a FETCH, entries of a QUERY. */
  public static final int BATCH_FILES = 256;

  /** Largest acknowledgement of a batch. */
  public static final int BATCH_ACK_BYTES = 2048;

  /** Least rate at which the body of a frame must come, in bytes a second. */
  public static final int BODY_BYTES_A_SECOND = 4 << 10;

  /** How many idle times may pass with acknowledgements owed, and only signs of life. */
  public static final int IDLES_WITHOUT_ACKNOWLEDGEMENT = 20;

  /** Most listings that one session has open: each holds directories. */
  public static final int OPEN_LISTINGS = 8;

  /** Most exchanges open in one session. */
  public static final int OPEN_EXCHANGES = 64;

  /** Most connections of one session. */
  public static final int STREAMS = 16;

  /** How often an end that works for long without sending says that it lives. */
  public static final Duration KEEPALIVE = Duration.ofSeconds(10);

  private Limits() {}
}
