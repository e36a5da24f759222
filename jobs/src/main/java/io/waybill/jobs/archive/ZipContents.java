package io.waybill.jobs.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Reads a zip archive by its directory, which is what unpackers go by: what lies between its
 * entries is nobody's.
 */
final class ZipContents {
  private static final int TYPE = 0xF000;
  private static final int REGULAR = 0x8000;
  private static final int DIRECTORY = 0x4000;
  // beside its name an entry of the directory has 46 bytes, and seldom more than this
  private static final int EXTRA_BYTES = 512;
  private static final int END_BYTES = 1 << 20;

  private final FileChannel archive;
  private final ArchiveLimits limits;
  private final EntryBudget budget;
  private final EntryNames names;

  ZipContents(FileChannel archive, ArchiveLimits limits, EntryBudget budget, EntryNames names) {
    this.archive = archive;
    this.limits = limits;
    this.budget = budget;
    this.names = names;
  }

  void read(ArchiveVisitor visitor) throws IOException {
    Metered metered = new Metered(archive, mostDirectoryBytes());
    try (ZipFile zip = open(metered)) {
      metered.allowAll();
      List<ZipArchiveEntry> entries = Collections.list(zip.getEntriesInPhysicalOrder());
      for (ZipArchiveEntry each : entries) { // nothing is unpacked of one that is refused later
        budget.entry();
        requireReadable(each);
      }
      for (ZipArchiveEntry each : entries) {
        Optional<String> name = names.take(each.getName(), each.isDirectory());
        if (name.isEmpty()) {
          continue;
        }
        if (each.isDirectory()) {
          visitor.directory(name.get());
        } else {
          file(zip, each, name.get(), visitor);
        }
      }
    }
  }

  private long mostDirectoryBytes() {
    long each = (long) limits.nameBytes() + EXTRA_BYTES;
    return limits.files() > (Long.MAX_VALUE - END_BYTES) / each
        ? Long.MAX_VALUE
        : limits.files() * each + END_BYTES;
  }

  private static ZipFile open(SeekableByteChannel channel) throws IOException {
    try {
      return ZipFile.builder().setSeekableByteChannel(channel).setIgnoreLocalFileHeader(true).get();
    } catch (IOException | RuntimeException e) {
      if (e.getCause() instanceof ArchiveRefusedException refused) {
        throw refused; // the library says it in its own words
      }
      if (e instanceof ArchiveRefusedException refused) {
        throw refused;
      }
      // the library tells of its own insides
      throw new BrokenArchiveException("it is no zip archive, or its end is missing", e);
    }
  }

  private static void requireReadable(ZipArchiveEntry entry) throws ArchiveRefusedException {
    String name = EntryNames.shown(entry.getName());
    if (entry.getGeneralPurposeBit().usesEncryption()) {
      throw new ArchiveRefusedException(
          "\"%s\" in it is encrypted, which is not unpacked".formatted(name));
    }
    if (entry.getMethod() != ZipEntry.STORED && entry.getMethod() != ZipEntry.DEFLATED) {
      throw new ArchiveRefusedException(
          "\"%s\" in it is compressed by method %d, and only those that are stored or deflated are unpacked"
              .formatted(name, entry.getMethod()));
    }
    int type = entry.getUnixMode() & TYPE;
    if (type != 0 && type != (entry.isDirectory() ? DIRECTORY : REGULAR)) {
      throw new ArchiveRefusedException(
          "\"%s\" in it is a %s, which is not unpacked"
              .formatted(name, entry.isUnixSymlink() ? "symbolic link" : "special file"));
    }
  }

  private void file(ZipFile zip, ZipArchiveEntry entry, String name, ArchiveVisitor visitor)
      throws IOException {
    try (InputStream in = stream(zip, entry, name)) {
      visitor.file(name, modified(entry), new Checked(in, entry, name));
    }
  }

  private static InputStream stream(ZipFile zip, ZipArchiveEntry entry, String name)
      throws IOException {
    try {
      return zip.getInputStream(entry);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw broken("\"" + name + "\" in it cannot be read", e);
    }
  }

  private static Optional<Instant> modified(ZipArchiveEntry entry) {
    return Optional.ofNullable(entry.getLastModifiedTime()).map(FileTime::toInstant);
  }

  private static BrokenArchiveException broken(String what, Exception cause) {
    String why = cause.getMessage();
    return new BrokenArchiveException(
        why == null ? what : "%s (%s)".formatted(what, EntryNames.shown(why)), cause);
  }

  /** What an entry holds, found to be what the directory says of it. */
  private final class Checked implements EntryContent {
    private final InputStream in;
    private final ZipArchiveEntry entry;
    private final String name;
    private final CRC32 crc = new CRC32();
    private long bytes;

    Checked(InputStream in, ZipArchiveEntry entry, String name) {
      this.in = in;
      this.entry = entry;
      this.name = name;
    }

    @Override
    public int read(byte[] into) throws IOException {
      int read = some(into);
      if (read > 0) {
        budget.bytes(read);
        crc.update(into, 0, read);
        bytes += read;
      } else if (bytes != entry.getSize() || crc.getValue() != entry.getCrc()) {
        throw new BrokenArchiveException(
            "\"%s\" in it is damaged: its size or CRC is not what the archive says".formatted(name),
            null);
      }
      return read;
    }

    private int some(byte[] into) throws IOException {
      try {
        int read = in.read(into);
        return read == 0 ? -1 : read;
      } catch (ClosedByInterruptException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        throw broken("\"" + name + "\" in it cannot be read", e);
      }
    }
  }

  /** An archive of which no more than so much is read, until it is known to be sensible. */
  private static final class Metered extends UnclosedChannel {
    private long left;

    Metered(SeekableByteChannel channel, long most) {
      super(channel);
      this.left = most;
    }

    void allowAll() {
      left = Long.MAX_VALUE;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      int read = super.read(into);
      if (read > 0 && left != Long.MAX_VALUE) {
        left -= read;
        if (left < 0) {
          throw new ArchiveRefusedException(
              "its directory is larger than that of so many files as are allowed; raise \"limits.files\" if that is right");
        }
      }
      return read;
    }
  }
}
