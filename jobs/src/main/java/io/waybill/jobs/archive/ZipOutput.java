package io.waybill.jobs.archive;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.X5455_ExtendedTimestamp;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipLong;

/** Writes a zip archive. */
final class ZipOutput implements ArchiveOutput {
  private static final int FILE_MODE = 0100644;
  private static final int DIRECTORY_MODE = 040755;
  private static final long FIRST_SECOND = 315_532_800; // of 1980, when zip's own times begin
  private static final long LAST_SECOND = Integer.MAX_VALUE;

  private final ZipArchiveOutputStream zip;

  /**
   * Starts.
   *
   * @param channel stays open
   */
  ZipOutput(SeekableByteChannel channel) throws IOException {
    zip = new ZipArchiveOutputStream(new UnclosedChannel(channel));
    zip.setEncoding("UTF-8");
  }

  @Override
  public void directory(String name, Instant modified) throws IOException {
    ZipArchiveEntry entry = entry(name + "/", modified);
    entry.setUnixMode(DIRECTORY_MODE);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(0);
    entry.setCrc(0);
    zip.putArchiveEntry(entry);
    zip.closeArchiveEntry();
  }

  @Override
  public void begin(String name, long sizeBytes, Instant modified) throws IOException {
    ZipArchiveEntry entry = entry(name, modified);
    entry.setUnixMode(FILE_MODE);
    entry.setSize(sizeBytes);
    zip.putArchiveEntry(entry);
  }

  private static ZipArchiveEntry entry(String name, Instant modified) {
    ZipArchiveEntry entry = new OnTheWall(name, modified);
    if (Math.abs(modified.getEpochSecond()) < LAST_SECOND) {
      X5455_ExtendedTimestamp exact = new X5455_ExtendedTimestamp();
      exact.setModifyTime(new ZipLong(modified.getEpochSecond()));
      entry.addExtraField(exact);
    }
    return entry;
  }

  /**
   * An entry beside whose exact time stands zip's own, that of a clock on the wall: here one that
   * shows UTC, wherever it is written.
   */
  private static final class OnTheWall extends ZipArchiveEntry {
    private final long shownMillis;

    OnTheWall(String name, Instant modified) {
      super(name);
      long second = Math.max(FIRST_SECOND, Math.min(LAST_SECOND, modified.getEpochSecond()));
      LocalDateTime shown = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
      shownMillis = shown.atZone(ZoneId.systemDefault()).toInstant().toEpochMilli();
    }

    @Override
    public long getTime() {
      return shownMillis;
    }
  }

  @Override
  public void write(byte[] bytes, int length) throws IOException {
    zip.write(bytes, 0, length);
  }

  @Override
  public void end() throws IOException {
    zip.closeArchiveEntry();
  }

  @Override
  public void finish() throws IOException {
    zip.finish();
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
