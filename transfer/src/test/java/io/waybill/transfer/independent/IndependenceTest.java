package io.waybill.transfer.independent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class IndependenceTest {
  private static final String CLIENT =
      "io\\.waybill\\.transfer\\.independent\\.Independent"
          + "(Client|Frame|Source|Stream)(\\$.*)?";

  @Test
  void clientKnowsTheJdkAndNothingElse() {
    classes()
        .that()
        .haveNameMatching(CLIENT)
        .should()
        .onlyDependOnClassesThat()
        .haveNameMatching(CLIENT + "|\\[*[BZIJLC]?;?|(\\[L)?javax?\\..*")
        .check(new ClassFileImporter().importPackages("io.waybill.transfer.independent"));
  }
}
