package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkSet;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The journal of a part file may hold anything after a crash, or after somebody else's hand. */
class PartJournalFuzzTest {
  private static final long SIZE = (5 << 20) + 3;
  private static final SourceIdentity SOURCE =
      SourceIdentity.of(SIZE, Instant.parse("2026-01-02T03:04:05Z"));
  private static final PartName NAME = PartName.of("target", SOURCE, "source");

  @TempDir static Path directory;

  /** The first byte says what is repaired, so that what lies behind the sums is reached too. */
  @FuzzTest(maxDuration = "30s")
  void whateverTheJournalHoldsIsReadOrForgotten(byte[] input) throws IOException {
    byte[] journal = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
    int repairs = input.length == 0 ? 0 : input[0];
    if ((repairs & 1) != 0) {
      journal = withGoodHeader(journal);
    }
    if ((repairs & 2) != 0) {
      repairRecords(journal);
    }
    Path file = directory.resolve(NAME.journal());
    Files.write(file, journal);
    try (RandomAccessFile part =
        new RandomAccessFile(directory.resolve(NAME.part()).toFile(), "rw")) {
      part.setLength(SIZE);
    }

    List<String> first = read();
    assertThat(Files.size(file)).isLessThan(64 << 10);
    assertThat(read()).isEqualTo(first);
  }

  /** What an opener believes: each chunk that is there with its sum. */
  private static List<String> read() throws IOException {
    try (PartFile part = PartFile.open(directory.resolve("target"), SOURCE, "source")) {
      ChunkSet have = part.have();
      List<String> sums = new ArrayList<>();
      for (int i = 0; i < have.chunkCount(); i++) {
        if (have.contains(i)) {
          sums.add(i + ": " + part.crc32c(i));
        }
      }
      assertThat(have.bytes(part.layout())).isEqualTo(part.resumedBytes()).isBetween(0L, SIZE);
      return sums;
    }
  }

  private static byte[] withGoodHeader(byte[] records) throws IOException {
    Path fresh = directory.resolve(NAME.journal());
    Files.deleteIfExists(fresh);
    try (PartFile part = PartFile.open(directory.resolve("target"), SOURCE, "source")) {
      part.flush();
    }
    byte[] header = Arrays.copyOf(Files.readAllBytes(fresh), PartJournal.HEADER_BYTES);
    byte[] whole = Arrays.copyOf(header, header.length + records.length);
    System.arraycopy(records, 0, whole, header.length, records.length);
    return whole;
  }

  private static void repairRecords(byte[] journal) {
    int sum = PartJournal.RECORD_BYTES - 4;
    for (int at = PartJournal.HEADER_BYTES;
        at + PartJournal.RECORD_BYTES <= journal.length;
        at += PartJournal.RECORD_BYTES) {
      ByteBuffer record = ByteBuffer.wrap(journal, at, PartJournal.RECORD_BYTES).slice();
      record.putInt(sum, ChunkContent.crc32c(record.slice(0, sum)));
    }
  }
}
