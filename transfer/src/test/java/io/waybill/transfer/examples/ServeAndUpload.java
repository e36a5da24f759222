package io.waybill.transfer.examples;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.tcp.TcpTransfer;
import io.waybill.transfer.tcp.WaybillServer;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Both ends of the waybill protocol in one program, as transfer/README.md shows. */
final class ServeAndUpload {
  private ServeAndUpload() {}

  static TransferReceipt upload(Path state, Path root, Supplier<String> key, Path file)
      throws IOException {
    Identity identity = Identity.loadOrMake(state, "hub.example", InstantSource.system());
    try (TransferServer server =
            TransferServer.builder(root).user("mover", key).identity(identity).build().start();
        TcpTransfer transfer =
            TcpTransfer.connect(
                WaybillServer.builder("127.0.0.1", server.port())
                    .trust(ServerTrust.pin(identity.pin()))
                    .credentials(new Credentials("mover", key))
                    .build())) {
      // without this the directory must be there: transfer.mkdir("in") makes it
      TransferOptions options = TransferOptions.builder().makeParents(true).build();
      return transfer.upload(file, "in/big.iso", options);
    }
  }
}
