package io.waybill.transfer.examples;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.sftp.HostKeyTrust;
import io.waybill.transfer.sftp.SftpServer;
import io.waybill.transfer.sftp.SftpTransfer;
import java.nio.file.Path;
import java.util.function.Supplier;

/** An upload by SFTP with a key, as transfer/README.md shows. */
final class UploadBySftp {
  private UploadBySftp() {}

  static TransferReceipt upload(Path directory, Supplier<String> passphrase, Path file) {
    SftpServer server =
        SftpServer.builder()
            .host("bank.example")
            .user("acme")
            .privateKey(directory.resolve("id_ed25519"), passphrase)
            .trust(HostKeyTrust.knownHosts(directory.resolve("known_hosts")))
            .build();
    try (FileTransfer sftp = SftpTransfer.connect(server)) {
      return sftp.upload(file, "in/orders.csv");
    }
  }
}
