package io.waybill.transfer.tcp.zstd;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.util.Native;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/** Compresses and decompresses whole zstd frames (RFC 8878) between direct buffers. */
public final class Zstandard {
  private static final int LEVEL = 1;
  private static final boolean AVAILABLE = load();

  private Zstandard() {}

  private static boolean load() {
    try {
      Native.load();
      return Native.isLoaded();
    } catch (LinkageError missing) {
      // not on the class path, or without a native part for this platform
      return false;
    }
  }

  /** Says whether the library is on the class path and works on this platform. */
  public static boolean isAvailable() {
    return AVAILABLE;
  }

  /**
   * Compresses what remains of {@code plain}, whose position stays, at level 1.
   *
   * @param into gets one frame from 0 on; its limit is set behind it
   * @param mostBytes what it may take, at most the capacity of {@code into}
   * @return the length of the frame; empty if it is longer
   */
  public static OptionalInt compress(ByteBuffer plain, ByteBuffer into, int mostBytes) {
    into.clear();
    try {
      long length =
          Zstd.compressDirectByteBuffer(
              into, 0, mostBytes, plain, plain.position(), plain.remaining(), LEVEL);
      into.limit((int) length);
      return OptionalInt.of((int) length);
    } catch (ZstdException e) {
      if (e.getErrorCode() == Zstd.errDstSizeTooSmall()) {
        return OptionalInt.empty();
      }
      throw e;
    }
  }

  /**
   * Decompresses what remains of {@code packed}, whose position stays, and nothing beyond a given
   * length, whatever it claims of itself.
   *
   * @param into gets the content from 0 on; its limit is set behind it
   * @return the length of the content; empty if it is longer, or {@code packed} not one frame
   */
  public static OptionalInt decompress(ByteBuffer packed, ByteBuffer into, int mostBytes) {
    into.clear();
    long frame =
        Zstd.findDirectByteBufferFrameCompressedSize(packed, packed.position(), packed.remaining());
    if (frame != packed.remaining()) {
      return OptionalInt.empty();
    }
    try {
      long length =
          Zstd.decompressDirectByteBuffer(
              into, 0, mostBytes, packed, packed.position(), packed.remaining());
      into.limit((int) length);
      return OptionalInt.of((int) length);
    } catch (ZstdException refused) {
      return OptionalInt.empty();
    }
  }
}
