package io.waybill.transfer.tcp;

import java.io.IOException;
import java.nio.file.Path;

/** The same over TLS. */
class TlsResumeIT extends TcpResumeIT {
  @Override
  TcpFixture newFixture(Path place) throws IOException {
    return TcpFixture.secured(place);
  }
}
