package io.waybill.jobs.archive;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** Reads a compressed tar stream, whose checksum is compared at its very end. */
final class TarContents {
  private static final int BUFFER_BYTES = 1 << 16;
  // headers, long names and records of times before one entry; more is nobody's honest archive
  private static final int HEADER_BYTES = 1 << 20;
  private static final int RECORD_BYTES = 512;
  private static final Set<Byte> TYPES =
      Set.of(
          TarConstants.LF_NORMAL,
          TarConstants.LF_OLDNORM,
          TarConstants.LF_CONTIG,
          TarConstants.LF_DIR);

  private final FileChannel archive;
  private final ArchiveFormat format;
  private final EntryBudget budget;
  private final EntryNames names;

  TarContents(FileChannel archive, ArchiveFormat format, EntryBudget budget, EntryNames names) {
    this.archive = archive;
    this.format = format;
    this.budget = budget;
    this.names = names;
  }

  void read(ArchiveVisitor visitor) throws IOException {
    archive.position(0);
    Unpacked unpacked = new Unpacked(decompressed());
    try (TarArchiveInputStream tar = new TarArchiveInputStream(unpacked, "UTF-8")) {
      for (TarArchiveEntry entry = next(tar, unpacked); // null at its end
          entry != null;
          entry = next(tar, unpacked)) {
        budget.entry();
        entry(tar, unpacked, entry, visitor);
      }
      unpacked.requireEnd();
    }
  }

  private InputStream decompressed() throws IOException {
    InputStream in = new BufferedInputStream(new Unclosed(archive), BUFFER_BYTES);
    try {
      return format == ArchiveFormat.TAR_GZ
          ? new GZIPInputStream(in, BUFFER_BYTES)
          : new ZstdCompressorInputStream(in);
    } catch (IOException | RuntimeException e) {
      throw broken("it is no " + format.label() + " archive", e);
    }
  }

  private static @Nullable TarArchiveEntry next(TarArchiveInputStream tar, Unpacked unpacked)
      throws IOException {
    unpacked.allow(HEADER_BYTES);
    try {
      return tar.getNextEntry();
    } catch (ArchiveRefusedException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw broken("it is damaged or cut off", e);
    }
  }

  private void entry(
      TarArchiveInputStream tar, Unpacked unpacked, TarArchiveEntry entry, ArchiveVisitor visitor)
      throws IOException {
    String shown = EntryNames.shown(entry.getName());
    if (entry.isSymbolicLink() || entry.isLink()) {
      throw new ArchiveRefusedException(
          "\"%s\" in it is a %s link to \"%s\", which is not unpacked"
              .formatted(
                  shown,
                  entry.isLink() ? "hard" : "symbolic",
                  EntryNames.shown(entry.getLinkName())));
    }
    if (entry.isSparse() || !TYPES.contains(entry.getLinkFlag())) { // devices count as files there
      throw new ArchiveRefusedException(
          "\"%s\" in it is a special file, which is not unpacked".formatted(shown));
    }
    Optional<String> name = names.take(entry.getName(), entry.isDirectory());
    if (name.isEmpty()) {
      return;
    }
    if (entry.isDirectory()) {
      visitor.directory(name.get());
      return;
    }
    if (entry.getSize() < 0) {
      throw new BrokenArchiveException("\"%s\" in it has no size".formatted(shown), null);
    }
    unpacked.allow(entry.getSize());
    visitor.file(name.get(), modified(entry), into -> content(tar, into, name.get()));
  }

  private int content(TarArchiveInputStream tar, byte[] into, String name) throws IOException {
    int read;
    try {
      read = tar.read(into, 0, into.length);
    } catch (ArchiveRefusedException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw broken("\"" + name + "\" in it is damaged or cut off", e);
    }
    if (read > 0) {
      budget.bytes(read);
    }
    return read == 0 ? -1 : read;
  }

  private static Optional<Instant> modified(TarArchiveEntry entry) {
    try {
      return Optional.ofNullable(entry.getLastModifiedTime()).map(FileTime::toInstant);
    } catch (DateTimeException e) {
      return Optional.empty(); // a year that no calendar has
    }
  }

  private static BrokenArchiveException broken(String what, Exception cause) {
    String why = cause.getMessage();
    return new BrokenArchiveException(
        why == null ? what : "%s (%s)".formatted(what, EntryNames.shown(why)), cause);
  }

  /** The archive, which whoever opened it closes. */
  private static final class Unclosed extends FilterInputStream {
    Unclosed(FileChannel archive) {
      super(Channels.newInputStream(archive));
    }

    @Override
    public void close() {}
  }

  /**
   * The tar stream. Of what belongs to no file no more than is allowed is read, so that no name and
   * no header fills the memory.
   */
  private static final class Unpacked extends InputStream {
    private final InputStream in;
    private long left;
    private long zeros; // how many of the last bytes are nothing but zeros

    Unpacked(InputStream in) {
      this.in = in;
    }

    void allow(long bytes) {
      left = Math.addExact(bytes, HEADER_BYTES);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = in.read(into, offset, length);
      if (read > 0) {
        left -= read;
        if (left < 0) {
          throw new ArchiveRefusedException(
              "it has headers of more than %d bytes for one file".formatted(HEADER_BYTES));
        }
        int last = offset + read - 1;
        while (last >= offset && into[last] == 0) {
          last--;
        }
        int trailing = offset + read - 1 - last;
        zeros = trailing == read ? zeros + read : trailing;
      }
      return read;
    }

    /** Reads what follows the last entry, behind which the checksum is compared. */
    void requireEnd() throws IOException {
      allow(0);
      byte[] rest = new byte[BUFFER_BYTES];
      try {
        int read = read(rest, 0, rest.length);
        while (read >= 0) {
          read = read(rest, 0, rest.length);
        }
      } catch (ArchiveRefusedException | ClosedByInterruptException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        throw broken("it is damaged or cut off", e);
      }
      if (zeros < RECORD_BYTES) {
        throw new BrokenArchiveException("it is cut off: the mark of its end is missing", null);
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
