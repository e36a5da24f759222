package io.waybill.transfer.file;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import java.util.Collection;
import java.util.Optional;

/** Compares what a copy has with what {@link io.waybill.transfer.TransferOptions#expected} says. */
public final class ExpectedDigest {
  private ExpectedDigest() {}

  /**
   * Compares, if anything is expected.
   *
   * @param shown the source, for a person
   * @param computed digests of the content, one of them of the expected algorithm
   * @throws TransferException.Integrity if the content has another
   * @throws IllegalArgumentException if the expected algorithm was not computed
   */
  public static void require(Optional<Digest> expected, String shown, Collection<Digest> computed) {
    if (expected.isPresent()) {
      Digest wanted = expected.get();
      Digest actual =
          computed.stream()
              .filter(each -> each.algorithm() == wanted.algorithm())
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "no " + wanted.algorithm().label() + " among " + computed));
      if (!actual.equals(wanted)) {
        throw differs(wanted, shown, actual);
      }
    }
  }

  /** Says that a file has another digest than it must have. */
  public static TransferException.Integrity differs(Digest expected, String shown, Digest actual) {
    return new TransferException.Integrity(
        shown,
        expected.toString(),
        actual.toString(),
        "%s has %s, and must have %s; nothing was published".formatted(shown, actual, expected),
        null);
  }
}
