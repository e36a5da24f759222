package io.waybill.transfer.ftp;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import java.nio.file.Path;

/** A process that copies one tree: {@code up|down PORT LOCAL REMOTE}; it is there to be killed. */
final class FtpTreeCopier {
  private FtpTreeCopier() {}

  public static void main(String[] args) {
    FtpServer server =
        FtpServer.builder()
            .host("127.0.0.1")
            .port(Integer.parseInt(args[1]))
            .credentials(new Credentials(FtpSandbox.USER, () -> FtpSandbox.SECRET))
            .build();
    System.out.println("BEGUN");
    try (FileTransfer ftp = FtpTransfer.connect(server)) {
      Path local = Path.of(args[2]);
      TreeReceipt receipt =
          args[0].equals("up")
              ? ftp.uploadTree(local, args[3], TreeOptions.defaults())
              : ftp.downloadTree(args[3], local, TreeOptions.defaults());
      System.out.println(receipt.isComplete() ? "COMPLETE" : "FAILED " + receipt.failures());
    }
  }
}
