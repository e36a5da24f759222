package io.waybill.jobs.probe;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Sends a temporary file and fetches it back. */
final class Throughput {
  private Throughput() {}

  /** Makes up a name that nothing has, in a directory of the server. */
  static String temporary(String directory) {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    String name = "waybill-probe-" + HexFormat.of().formatHex(random) + ".tmp";
    return directory.isEmpty() || directory.endsWith("/")
        ? directory + name
        : directory + "/" + name;
  }

  /** Measures both ways; the file is deleted at both ends. */
  static Map<String, Object> measure(FileTransfer transfer, String directory, long bytes)
      throws IOException {
    String remote = temporary(directory);
    Path file = Files.createTempFile("waybill-probe-", ".tmp");
    Path back = file.resolveSibling(remote.substring(remote.lastIndexOf('/') + 1));
    try {
      fill(file, bytes);
      try {
        TransferReceipt up = transfer.upload(file, remote, TransferOptions.defaults());
        TransferReceipt down = transfer.download(remote, back, TransferOptions.defaults());
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("bytes", bytes);
        facts.put("up-bytes-per-second", rate(up));
        facts.put("down-bytes-per-second", rate(down));
        return facts;
      } finally {
        if (transfer.stat(remote).isPresent()) {
          transfer.delete(remote);
        }
      }
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(back);
    }
  }

  // noise: what compresses, or is all zero, would measure something else
  private static void fill(Path file, long bytes) throws IOException {
    Random random = new Random(bytes);
    byte[] block = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long left = bytes; left > 0; left -= block.length) {
        random.nextBytes(block);
        out.write(block, 0, (int) Math.min(left, block.length));
      }
    }
  }

  private static long rate(TransferReceipt receipt) {
    return Math.round(receipt.bytes() / Math.max(1e-3, receipt.duration().toNanos() / 1e9));
  }
}
