package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a file of H2's, which names the newest chunk. H2 opens a file that lost its end at an
 * older chunk without a word: right after a power failure, wrong for a copy that did not end.
 *
 * <p>Two copies of it are in the first two blocks, as text in hexadecimal numbers (H2's "MVStore",
 * file format): {@code H:2,block:1f,blockSize:1000,chunk:7,...}; a chunk begins with {@code
 * chunk:7,block:1f,len:2,...}, where {@code len} counts blocks.
 */
final class H2Header {
  private static final int BLOCK = 4096;
  static final long BYTES = 2L * BLOCK;
  private static final int CHUNK_HEAD = 1024;
  private static final Pattern NEWEST = Pattern.compile("[,{]?block:([0-9a-f]{1,15}),");
  private static final Pattern VERSION = Pattern.compile(",version:([0-9a-f]{1,15})");
  private static final Pattern LENGTH =
      Pattern.compile("^\\s*chunk:[^\\n]*?,len:([0-9a-f]{1,8})[,\\n]");

  private H2Header() {}

  /**
   * Checks that a file has what its head names.
   *
   * @throws SchedulerException.StoreDamaged if its end is missing
   */
  static void refuseCutOff(Path file) {
    if (!Files.isRegularFile(file)) {
      return; // said when it is opened
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      OptionalLong end = end(channel);
      if (end.isPresent() && end.getAsLong() > channel.size()) {
        throw new SchedulerException.StoreDamaged(
            file
                + " has lost its end: it has "
                + channel.size()
                + " bytes of at least "
                + end.getAsLong()
                + ", by a copy that did not end or a power failure; take another copy, or restore"
                + " a backup, this file is kept aside then",
            null);
      }
    } catch (IOException e) {
      throw StoreFiles.failure(file + " cannot be read", e);
    }
  }

  /** Returns how long the file must be at least; empty if it has no head that can be read. */
  private static OptionalLong end(FileChannel channel) throws IOException {
    long newest = -1;
    long block = -1;
    for (int copy = 0; copy < 2; copy++) {
      String head = text(channel, (long) copy * BLOCK, BLOCK);
      Matcher at = NEWEST.matcher(head);
      Matcher version = VERSION.matcher(head);
      if (head.startsWith("H:") && at.find() && version.find()) {
        long found = Long.parseLong(version.group(1), 16);
        if (found > newest) {
          newest = found;
          block = Long.parseLong(at.group(1), 16);
        }
      }
    }
    if (block < 0) {
      return OptionalLong.empty();
    }
    long start = block * BLOCK;
    Matcher length = LENGTH.matcher(text(channel, start, CHUNK_HEAD));
    long blocks = length.find() ? Long.parseLong(length.group(1), 16) : 1;
    return OptionalLong.of(start + blocks * BLOCK);
  }

  private static String text(FileChannel channel, long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {
      // until it is full or the file ends
    }
    return StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
  }
}
