package io.waybill.transfer.tcp;

import java.io.IOException;
import java.nio.file.Path;

/** The same over TLS. */
class TlsTransferIT extends TcpTransferIT {
  @Override
  TcpFixture newFixture(Path place) throws IOException {
    return TcpFixture.secured(place);
  }
}
