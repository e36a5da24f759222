package io.waybill.transfer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetNameTest {
  @Test
  void addressesInNumbersAreTakenAsBytes() {
    assertThat(TargetName.literal("192.0.2.7"))
        .hasValueSatisfying(
            bytes -> assertThat(bytes).containsExactly((byte) 192, (byte) 0, (byte) 2, (byte) 7));
    assertThat(TargetName.literal("2001:db8::1"))
        .hasValueSatisfying(bytes -> assertThat(bytes).hasSize(16));
    assertThat(TargetName.literal("files.example")).isEmpty();
  }

  @Test
  void authorityHasBracketsAroundAnAddressOfVersionSixOnly() {
    assertThat(TargetName.authority("2001:db8::1", 7400)).isEqualTo("[2001:db8::1]:7400");
    assertThat(TargetName.authority("192.0.2.7", 7400)).isEqualTo("192.0.2.7:7400");
    assertThat(TargetName.authority("bücher.example", 80)).isEqualTo("xn--bcher-kva.example:80");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a\r\nX: y", "a/b", "", "a@b", "999.1.1.1"})
  void whatIsNoHostNameIsRefused(String host) {
    assertThatIllegalArgumentException().isThrownBy(() -> TargetName.authority(host, 1));
  }
}
