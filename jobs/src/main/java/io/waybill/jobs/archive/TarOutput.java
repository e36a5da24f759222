package io.waybill.jobs.archive;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;

/** Writes a compressed tar stream; of people and groups nothing is told. */
final class TarOutput implements ArchiveOutput {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int FILE_MODE = 0100644;
  private static final int DIRECTORY_MODE = 040755;
  private static final int ZSTD_LEVEL = 3;

  private final TarArchiveOutputStream tar;

  /**
   * Starts.
   *
   * @param channel stays open
   */
  TarOutput(SeekableByteChannel channel, ArchiveFormat format) throws IOException {
    OutputStream out =
        new BufferedOutputStream(
            Channels.newOutputStream(new UnclosedChannel(channel)), BUFFER_BYTES);
    OutputStream compressed =
        format == ArchiveFormat.TAR_GZ
            ? new GZIPOutputStream(out, BUFFER_BYTES)
            : ZstdCompressorOutputStream.builder()
                .setOutputStream(out)
                .setLevel(ZSTD_LEVEL)
                .setChecksum(true)
                .get();
    tar = new TarArchiveOutputStream(compressed, "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
  }

  @Override
  public void directory(String name, Instant modified) throws IOException {
    put(name + "/", 0, DIRECTORY_MODE, modified);
    tar.closeArchiveEntry();
  }

  @Override
  public void begin(String name, long sizeBytes, Instant modified) throws IOException {
    put(name, sizeBytes, FILE_MODE, modified);
  }

  private void put(String name, long sizeBytes, int mode, Instant modified) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(sizeBytes);
    entry.setMode(mode);
    entry.setIds(0, 0);
    entry.setNames("", "");
    entry.setLastModifiedTime(FileTime.from(modified));
    tar.putArchiveEntry(entry);
  }

  @Override
  public void write(byte[] bytes, int length) throws IOException {
    tar.write(bytes, 0, length);
  }

  @Override
  public void end() throws IOException {
    tar.closeArchiveEntry();
  }

  // the compressor's own end is written when it is closed
  @Override
  public void finish() throws IOException {
    tar.close();
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }
}
