/* What the month may end in, and the loop that repeats it; the body is in `c_body.h`. */

#include "c_body.h"

PASS decompensate(float month) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float fibrosis = B(FIBROSIS), first = B(DECOMPENSATION_MONTH);
        float pressure = fibrosis + p.portal_pressure_lifelong_sd * B(Z_PORTAL_PRESSURE);
        float beyond = least(pressure - p.cirrhosis_stage, p.decompensation_scar_max);
        float hazard = p.decompensation_per_year *
                       exp_(p.decompensation_per_scar * beyond +
                            p.decompensation_diabetes *
                                (HAS(DIABETES_MONTH) - p.decompensation_diabetes_share));
        hazard = fibrosis >= p.cirrhosis_stage ? hazard : 0.0f;
        int strikes = B(DRAW_DECOMPENSATION) < probability(hazard, p.years_per_step);
        strikes = strikes & (first >= NEVER) & (B(TRANSPLANT_MONTH) >= NEVER);
        PUT(DECOMPENSATION_MONTH, strikes ? month : first);
    }
}

PASS develop_cancer(float month) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float scar = least(B(FIBROSIS), p.hcc_scar_max), first = B(HCC_MONTH);
        float hazard = exp_(p.ln_hcc_hazard + p.hcc_per_scar * scar +
                            p.hcc_per_late_scar * most(scar - p.hcc_late_scar, 0.0f) +
                            p.hcc_per_year_of_age * (B(AGE) - p.hcc_reference_age) + p.hcc_women * B(SEX) +
                            p.hcc_diabetes * HAS(DIABETES_MONTH) + p.hcc_per_pnpla3_g * B(PNPLA3_G) +
                            p.hcc_decompensated * HAS(DECOMPENSATION_MONTH));
        int strikes = B(DRAW_HCC) < probability(hazard, p.years_per_step);
        strikes = strikes & (first >= NEVER) & (B(TRANSPLANT_MONTH) >= NEVER);
        PUT(HCC_MONTH, strikes ? month : first);
    }
}

PASS be_transplanted(float month) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float graft = B(TRANSPLANT_MONTH), has_cancer = HAS(HCC_MONTH);
        int is_cancer = has_cancer > 0.0f;
        float rate = choose(is_cancer, p.transplant_hcc_per_year, p.transplant_decompensated_per_year);
        float limit = choose(is_cancer, p.transplant_hcc_age, p.transplant_decompensated_age);
        float hazard = most(HAS(DECOMPENSATION_MONTH), has_cancer) * rate * logistic(limit - B(AGE));
        int strikes = (graft >= NEVER) & (B(DRAW_TRANSPLANT) < probability(hazard, p.years_per_step));
        PUT(TRANSPLANT_MONTH, strikes ? month : graft);
        PUT(FIBROSIS, strikes ? 0.0f : B(FIBROSIS));
    }
}

PASS die(float month) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float x = (least(B(AGE), p.life_table_last_age) - p.life_table_centre_age) * inverse(p.life_table_age_scale);
        float men = p.life_table_men_0 +
                    x * (p.life_table_men_1 + x * (p.life_table_men_2 + x * p.life_table_men_3));
        float women = p.life_table_women_0 +
                      x * (p.life_table_women_1 + x * (p.life_table_women_2 + x * p.life_table_women_3));
        float away = (B(AGE) - p.liver_share_age) * inverse(p.liver_share_years);
        float near = most(1.0f - away * away, 0.0f);
        float modelled = B(SEX) > 0.0f ? p.liver_share_of_deaths_women : p.liver_share_of_deaths_men;
        float background = exp_(B(SEX) > 0.0f ? women : men) * (1.0f - modelled * near * near);
        float more_fat = p.cardiovascular_death_ratio_steatosis - 1.0f;
        float more_scar = p.cardiovascular_death_ratio_scar - 1.0f;
        float late_scar = clip(B(FIBROSIS) - p.cardiovascular_late_scar, 0.0f, 1.0f);
        float has_steatosis = choose(B(LN_LIVER_FAT) >= p.ln_masld_threshold, 1.0f, 0.0f);
        float ratio = (1.0f + more_fat * has_steatosis) * (1.0f + more_scar * late_scar);
        float mean_ratio = (1.0f + more_fat * p.cardiovascular_steatosis_share) *
                           (1.0f + more_scar * p.cardiovascular_scar_share);
        float grown = clip((B(AGE) - p.adult_age) * inverse(p.diabetes_share_years), 0.0f, 1.0f);
        float more_vascular = p.cardiovascular_death_ratio_diabetes - 1.0f;
        float more_other = p.other_death_ratio_diabetes - 1.0f;
        float vascular_excess = (1.0f + more_vascular * HAS(DIABETES_MONTH)) *
                                inverse(1.0f + more_vascular * p.diabetes_share_of_old * grown);
        float other_excess = (1.0f + more_other * HAS(DIABETES_MONTH)) *
                             inverse(1.0f + more_other * p.diabetes_share_of_old * grown);
        float vascular = background * (p.cardiovascular_share_of_deaths * inverse(mean_ratio)) * ratio *
                         vascular_excess;
        float other = background * (1.0f - p.cardiovascular_share_of_deaths) * other_excess;
        float decompensation = B(DECOMPENSATION_MONTH), cancer = B(HCC_MONTH), graft = B(TRANSPLANT_MONTH);
        int has_cancer = cancer < NEVER, has_graft = graft < NEVER;
        float worst = has_graft ? graft : has_cancer ? cancer : decompensation;
        float late = choose(has_cancer, p.hcc_death_late_per_year, p.decompensated_death_late_per_year);
        float early = choose(has_cancer, p.hcc_death_early_per_year, p.decompensated_death_early_per_year);
        float fading = choose(has_cancer, inverse(p.hcc_death_months), inverse(p.decompensated_death_months));
        late = choose(has_graft, p.transplant_death_late_per_year, late);
        early = choose(has_graft, p.transplant_death_early_per_year, early);
        fading = choose(has_graft, inverse(p.transplant_death_months), fading);
        float is_at_risk = (decompensation < NEVER) | has_cancer | has_graft ? 1.0f : 0.0f;
        float hepatic = is_at_risk * (late + early * exp_(-most(0.0f, month - worst) * fading));
        float total = vascular + other + hepatic, share = B(DRAW_CAUSE) * total;
        active = active & (B(DRAW_DEATH) < probability(total, p.years_per_step));
        PUT(DEATH_MONTH, month);
        PUT(DEATH_CAUSE, share < hepatic ? 1.0f : share < hepatic + vascular ? 2.0f : 3.0f);
    }
}

PASS be_recognised(float month) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float known = B(DIAGNOSED_DIABETES_MONTH), known_fat = B(DIAGNOSED_MASLD_MONTH);
        float chance = probability(p.diabetes_recognition_per_year * HAS(DIABETES_MONTH), p.years_per_step);
        int found = (known >= NEVER) & (B(DRAW_DIABETES_FOUND) < chance);
        known = found ? month : known;
        float is_fatty = B(LN_LIVER_FAT) >= p.ln_masld_threshold ? 1.0f : 0.0f;
        chance = probability(p.masld_recognition_per_year * is_fatty, p.years_per_step);
        int presents = least(B(DECOMPENSATION_MONTH), B(HCC_MONTH)) <= month;
        found = (known_fat >= NEVER) & ((B(DRAW_MASLD_FOUND) < chance) | presents);
        float known_scar = B(DIAGNOSED_FIBROSIS_MONTH);
        PUT(DIAGNOSED_DIABETES_MONTH, known);
        PUT(DIAGNOSED_MASLD_MONTH, found ? month : known_fat);
        PUT(DIAGNOSED_FIBROSIS_MONTH, presents & (known_scar >= NEVER) ? month : known_scar);
    }
}

PASS weigh(void) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        int is_grafted = B(TRANSPLANT_MONTH) < NEVER;
        int is_cancerous = (B(HCC_MONTH) < NEVER) & !is_grafted;
        int is_failing = (B(DECOMPENSATION_MONTH) < NEVER) & !is_grafted & !is_cancerous;
        int is_scarred = (B(FIBROSIS) >= p.cirrhosis_stage) & !is_grafted & !is_cancerous & !is_failing;
        float diabetes = HAS(DIABETES_MONTH), cirrhosis = is_scarred ? 1.0f : 0.0f;
        float failing = is_failing ? 1.0f : 0.0f, cancer = is_cancerous ? 1.0f : 0.0f;
        float graft = is_grafted ? 1.0f : 0.0f;
        float norm = p.utility_norm + p.utility_women * B(SEX) - p.utility_per_year * (B(AGE) - p.adult_age);
        float metabolic = p.utility_loss_diabetes * diabetes +
                          p.utility_loss_per_bmi * most(0.0f, B(BMI) - p.utility_bmi_reference);
        float liver = p.utility_loss_cirrhosis * cirrhosis + p.utility_loss_decompensated * failing +
                      p.utility_loss_hcc * cancer + p.utility_loss_transplant * graft;
        float care = p.cost_background_usd_per_year + p.cost_diabetes_usd_per_year * diabetes +
                     p.cost_cirrhosis_usd_per_year * cirrhosis + p.cost_decompensated_usd_per_year * failing +
                     p.cost_hcc_usd_per_year * cancer + p.cost_transplant_usd_per_year * graft;
        float cost = care * p.years_per_step + B(TREATMENT_COST_USD_PER_MONTH) * p.months_per_step;
        PUT(QALYS, B(QALYS) + clip(norm - metabolic - liver, 0.0f, 1.0f) * p.years_per_step);
        PUT(COST_USD, B(COST_USD) + cost);
    }
}

static float interpolate(const float *knots, const float *values, int n, float x) {
    float result = values[0];
    for (int k = 0; k < n - 1; k++) {
        float share = least(most((x - knots[k]) / (knots[k + 1] - knots[k]), 0.0f), 1.0f);
        result = result + share * (values[k + 1] - values[k]);
    }
    return result;
}

#define CURVE(name) interpolate(p.name##_knots, p.name, sizeof p.name / sizeof(float), survey_age)

static void constitute(int j) {
    int group = (int)B(ETHNICITY), is_female = B(SEX) > 0.0f;
    float survey_age = p.survey_year - B(BIRTH_YEAR), z = B(Z_INSULIN_RESISTANCE);
    float excess = is_female ? CURVE(median_excess_bmi_women) : CURVE(median_excess_bmi_men);
    B(EXCESS_AT_18) = excess - weight_gain_since_18(most(survey_age, p.adult_age), B(SEX), B(BIRTH_YEAR));
    B(ETHNIC_BMI) = exp_(is_female ? p.ln_bmi_ethnicity_women[group] : p.ln_bmi_ethnicity_men[group]);
    B(SPREAD_AT_18) = (is_female ? p.bmi_spread_women : p.bmi_spread_men) * p.bmi_spread_ethnicity[group];
    B(LIFELONG_INSULIN) = p.homa_intercept + p.homa_women * B(SEX) + p.homa_ethnicity[group] +
                          p.homa_lifelong_sd * (z + p.homa_lifelong_skew * (z * z - 1.0f)) +
                          p.homa_per_stress * B(USUAL_STRESS_Z);
    float drinks = least(B(ALCOHOL_G_PER_DAY) / p.grams_per_drink, p.liver_fat_drinks_max);
    B(LIFELONG_FAT) = p.liver_fat_intercept + p.liver_fat_ethnicity[group] +
                      p.liver_fat_lifelong_sd * B(Z_LIVER_FAT) + p.liver_fat_per_drink * drinks;
    B(ETHNIC_DEMAND) = p.demand_ethnicity[group];
    B(LIFELONG_INJURY) = p.injury_intercept + p.injury_women * B(SEX) + p.injury_per_pnpla3_g * B(PNPLA3_G) +
                         p.injury_per_tm6sf2_t * B(TM6SF2_T) + p.injury_per_hsd17b13_ta * B(HSD17B13_TA) +
                         p.injury_lifelong_sd * B(Z_INJURY);
    B(ENTRY_MONTH) = B(BIRTH_MONTH) + p.adult_age * 12.0f;
}

/* Let people (state: N_COLUMNS rows of n floats; luck: 2 rows of n words) live months first + 1 .. last. */
void advance(const Parameters *numbers, float *state, const uint32_t *luck, long n_people, int first,
             int last) {
    p = *numbers;
    for (long start = 0; start < n_people; start += BLOCK) {
        long n = n_people - start < BLOCK ? n_people - start : BLOCK;
        for (long row = 0; row < N_COLUMNS; row++) memcpy(b[row], state + row * n_people + start, 4 * n);
        for (long row = 0; row < 2; row++) memcpy(keys[row], luck + row * n_people + start, 4 * n);
        for (int j = 0; j < n; j++) constitute(j);
        for (long j = n; j < BLOCK; j++) B(DEATH_MONTH) = 0.0f;
        for (int step = first + 1; step <= last; step++) {
            float month = (float)step * p.months_per_step;
            draw_words((uint32_t)step + MONTH_OFFSET);
            draw_luck();
            grow_older(month);
            live_habits();
            gain_weight();
            lose_weight();
            resist_insulin();
            store_liver_fat();
            spend_beta_cells(month);
            inflame();
            scar(month);
            decompensate(month);
            develop_cancer(month);
            be_transplanted(month);
            die(month);
            be_recognised(month);
            weigh();
        }
        for (long row = 0; row < N_COLUMNS; row++) memcpy(state + row * n_people + start, b[row], 4 * n);
    }
}
