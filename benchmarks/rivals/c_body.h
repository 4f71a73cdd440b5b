/* The month once more, by hand in C: the limit the engine is measured against.

   Single precision, blocks of 256 people, one loop over people a pass, Threefry draws, and the same
   polynomials. `generated.h` holds the columns as an enumeration (COLUMNS order) and the parameters as a
   structure of floats in the order of the record (alphabetical), so the record's bytes are the structure.
   Every expression keeps the engine's order of operations, so both give the same bits; a multiply and an
   add are fused only where `fma` says so, unless the compiler is allowed to. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "generated.h"

#define BLOCK 256
#define NEVER 1e6f
#define MONTH_OFFSET (1u << 20)
#define EACH for (int j = 0; j < BLOCK; j++)
#define B(row) b[row][j]
#define PUT(row, value) b[row][j] = choose(active, value, b[row][j])
#define HAS(row) (B(row) < NEVER ? 1.0f : 0.0f)
#define UNCONTROLLED ((1.0f - B(GLUCOSE_CONTROL)) * (1.0f - B(EFFECT_GLUCOSE_CONTROL)))
#define PASS static __attribute__((noinline)) void

enum {
    EXCESS_AT_18 = N_COLUMNS, ETHNIC_BMI, SPREAD_AT_18, LIFELONG_INSULIN, LIFELONG_FAT, ETHNIC_DEMAND,
    LIFELONG_INJURY, ACTIVE, AGE, MENOPAUSE, LN_ADIPOSITY, LN_WEIGHT_KEPT, UPTAKE, AMPLIFIER, ENTRY_MONTH,
    DRAW_ADIPOSITY, DRAW_LIVER_FAT, DRAW_STRESS, DRAW_FLARE, DRAW_DIABETES, DRAW_DIABETES_FOUND,
    DRAW_MASLD_FOUND, DRAW_TRANSPLANT, DRAW_DECOMPENSATION, DRAW_HCC, DRAW_DEATH, DRAW_CAUSE, N_ROWS
};
enum { N_NORMALS = 4, N_DRAWS = 12 };

/* Static, so that the compiler knows that they neither overlap nor fault, and may load what it then drops. */
static Parameters p;
static float b[N_ROWS][BLOCK] __attribute__((aligned(64)));
static uint32_t words[N_DRAWS][BLOCK] __attribute__((aligned(64)));
static uint32_t keys[2][BLOCK] __attribute__((aligned(64)));

static inline float least(float a, float b) { return b < a ? b : a; }
static inline float most(float a, float b) { return b > a ? b : a; }
static inline float choose(int condition, float yes, float no) { return condition ? yes : no; }
static inline float clip(float x, float low, float high) { return least(most(x, low), high); }
static inline float fma_(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline float inverse(float x) { return 1.0f / x; }
static inline float relax(float value, float target, float step) { return value + step * (target - value); }
static inline int32_t bits_of(float x) { int32_t i; memcpy(&i, &x, 4); return i; }
static inline float float_of(int32_t i) { float x; memcpy(&x, &i, 4); return x; }

static inline float exp_(float x) {
    x = clip(x, -86.0f, 87.0f);
    float n = rintf(x * 1.4426950408889634f);
    float r = fma_(n, 2.12194440e-4f, fma_(n, -0.693359375f, x));
    float y = fma_((float)(1.0 / 720), r, (float)(1.0 / 120));
    y = fma_(y, r, (float)(1.0 / 24));
    y = fma_(y, r, (float)(1.0 / 6));
    y = fma_(fma_(fma_(y, r, 0.5f), r, 1.0f), r, 1.0f);
    return y * float_of(((int32_t)n + 127) << 23);
}

static inline float log_(float x) {
    int32_t bits = bits_of(x);
    float exponent = (float)((bits >> 23) - 127), mantissa = float_of((bits & 0x7FFFFF) | 0x3F800000);
    int is_large = mantissa > 1.4142135623730951f;
    exponent = is_large ? exponent + 1.0f : exponent;
    float t = (is_large ? mantissa * 0.5f : mantissa) - 1.0f;
    float y = fma_(7.0376836292e-2f, t, -1.1514610310e-1f);
    y = fma_(fma_(y, t, 1.1676998740e-1f), t, -1.2420140846e-1f);
    y = fma_(fma_(y, t, 1.4249322787e-1f), t, -1.6668057665e-1f);
    y = fma_(fma_(y, t, 2.0000714765e-1f), t, -2.4999993993e-1f);
    y = fma_(y, t, 3.3333331174e-1f);
    float square = t * t;
    float tail = fma_(-0.5f, square, fma_(exponent, -2.12194440e-4f, y * t * square));
    return fma_(exponent, 0.693359375f, t + tail);
}

static inline float logistic(float x) { return 1.0f / (1.0f + exp_(-x)); }

static inline float probability(float hazard, float years) {
    float x = least(hazard * years, 1.0f);
    float y = fma_((float)(1.0 / 5040), x, (float)(-1.0 / 720));
    y = fma_(fma_(y, x, (float)(1.0 / 120)), x, (float)(-1.0 / 24));
    return x * fma_(fma_(fma_(y, x, (float)(1.0 / 6)), x, -0.5f), x, 1.0f);
}

static inline float lower_quantile(float u) {
    float w = -log_(4.0f * u * (1.0f - u)), x = w - 2.5f;
    float c = fma_(2.81022636e-08f, x, 3.43273939e-07f);
    c = fma_(fma_(c, x, -3.5233877e-06f), x, -4.39150654e-06f);
    c = fma_(fma_(c, x, 0.00021858087f), x, -0.00125372503f);
    c = fma_(fma_(fma_(c, x, -0.00417768164f), x, 0.246640727f), x, 1.50140941f);
    x = sqrtf(w) - 3.0f;
    float t = fma_(-0.000200214257f, x, 0.000100950558f);
    t = fma_(fma_(t, x, 0.00134934322f), x, -0.00367342844f);
    t = fma_(fma_(t, x, 0.00573950773f), x, -0.0076224613f);
    t = fma_(fma_(fma_(t, x, 0.00943887047f), x, 1.00167406f), x, 2.83297682f);
    return 1.4142135623730951f * (1.0f - 2.0f * u) * (w < 5.0f ? c : t);
}

#define ROUND(bits) x0 += x1; x1 = (x1 << bits | x1 >> (32 - bits)) ^ x0;
#define ROUNDS(a, b, c, d) ROUND(a) ROUND(b) ROUND(c) ROUND(d)

PASS draw_words(uint32_t month) {
    for (uint32_t purpose = 0; purpose < N_DRAWS / 2; purpose++) EACH {
        uint32_t k0 = keys[0][j], k1 = keys[1][j], k2 = 0x1BD11BDAu ^ k0 ^ k1;
        uint32_t x0 = month + k0, x1 = purpose + k1;
        ROUNDS(13, 15, 26, 6) x0 += k1; x1 += k2 + 1;
        ROUNDS(17, 29, 16, 24) x0 += k2; x1 += k0 + 2;
        ROUNDS(13, 15, 26, 6) x0 += k0; x1 += k1 + 3;
        ROUNDS(17, 29, 16, 24) x0 += k1; x1 += k2 + 4;
        ROUNDS(13, 15, 26, 6)
        words[2 * purpose][j] = x0 + k2;
        words[2 * purpose + 1][j] = x1 + k0 + 5;
    }
}

PASS draw_luck(void) {
    const float unit = 0x1p-32f;
    for (int row = 0; row < N_NORMALS; row++) EACH {
        int32_t bits = (int32_t)words[row][j];
        float magnitude = lower_quantile(((float)(bits & 0x7FFFFFFF) + 0.5f) * unit);
        b[DRAW_ADIPOSITY + row][j] = bits < 0 ? -magnitude : magnitude;
    }
    for (int row = N_NORMALS; row < N_DRAWS; row++) EACH
        b[DRAW_ADIPOSITY + row][j] = ((float)words[row][j] + 0.5f) * unit;
}

PASS grow_older(float month) {
    EACH {
        float age = (month - B(BIRTH_MONTH)) / 12.0f;
        B(AGE) = age;
        B(MENOPAUSE) = logistic((age - p.menopause_age) * inverse(p.menopause_years));
        B(ACTIVE) = (month > B(ENTRY_MONTH)) & (B(DEATH_MONTH) >= NEVER) ? 1.0f : 0.0f;
    }
}

PASS live_habits(void) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float fading = choose(B(PROGRAMME_IS_ON) > 0.0f, 1.0f, p.programme_habit_persistence);
        float stress = p.stress_persistence * B(STRESS_STATE) + p.stress_noise * p.stress_sd * B(DRAW_STRESS);
        float calm = B(PROGRAMME_STRESS_Z) * fading, more_sleep = B(PROGRAMME_SLEEP_HOURS) * fading;
        float better_diet = B(PROGRAMME_DIET_QUALITY) * fading;
        float more_activity = B(PROGRAMME_ACTIVITY_MET_MIN_PER_WEEK) * fading;
        float chronic = relax(B(CHRONIC_STRESS), stress + calm, p.chronic_stress_step);
        float leverage = clip(1.0f - p.social_buffering * B(SOCIAL_CONNECTEDNESS_Z), p.stress_leverage_min,
                              p.stress_leverage_max);
        float sleep = clip(B(USUAL_SLEEP_HOURS) - p.sleep_loss_per_stress * chronic * leverage + more_sleep,
                           p.sleep_min, p.sleep_max);
        float diet = clip(B(USUAL_DIET_QUALITY) - p.diet_loss_per_stress * chronic * leverage + better_diet,
                          0.0f, 1.0f);
        float under_stress = B(USUAL_ACTIVITY_MET_MIN_PER_WEEK) *
                             exp_(-p.activity_loss_per_stress * chronic * leverage);
        float activity = clip(under_stress + more_activity, 0.0f, p.activity_max);
        float now = B(USUAL_STRESS_Z) + stress + calm;
        float care = clip(p.usual_glucose_control - p.self_care_loss_per_stress * now, 0.0f, 1.0f);
        PUT(GLUCOSE_CONTROL, care * HAS(DIAGNOSED_DIABETES_MONTH));
        PUT(STRESS_STATE, stress);
        PUT(PROGRAMME_STRESS_Z, calm);
        PUT(CHRONIC_STRESS, chronic);
        PUT(PROGRAMME_SLEEP_HOURS, more_sleep);
        PUT(PROGRAMME_DIET_QUALITY, better_diet);
        PUT(PROGRAMME_ACTIVITY_MET_MIN_PER_WEEK, more_activity);
        PUT(SLEEP_HOURS, sleep);
        PUT(DIET_QUALITY, diet);
        PUT(ACTIVITY_MET_MIN_PER_WEEK, activity);
        B(UPTAKE) = 1.0f - exp_(-activity * inverse(p.activity_saturation_met_min)) - p.activity_uptake_mean;
    }
}

static inline float kilograms_gained(float age, float female) {
    float pace = choose(female > 0.0f, p.weight_gain_peak_kg_per_year_women, p.weight_gain_peak_kg_per_year_men);
    float fade = choose(female > 0.0f, p.weight_gain_fade_years_women, p.weight_gain_fade_years_men);
    float early = least(age, p.weight_gain_peak_age) - p.adult_age;
    float later = clip(age - p.weight_gain_peak_age, 0.0f, fade);
    float slowing = choose(female > 0.0f, inverse(2.0f * p.weight_gain_fade_years_women),
                           inverse(2.0f * p.weight_gain_fade_years_men));
    return p.weight_gain_young_kg_per_year * early + pace * (later - later * later * slowing);
}

static inline float weight_gain_since_18(float age, float female, float birth_year) {
    float then = clip(p.weight_gain_epidemic_year - birth_year, p.adult_age, most(age, p.adult_age));
    float missing = p.weight_gain_missing_before * kilograms_gained(then, female);
    float women = p.height_mean_women_cm * 0.01f, men = p.height_mean_men_cm * 0.01f;
    float per_square_metre = choose(female > 0.0f, inverse(women * women), inverse(men * men));
    return (kilograms_gained(age, female) - missing) * per_square_metre;
}

PASS gain_weight(void) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float age = B(AGE), female = B(SEX);
        float wander = p.adiposity_wander_persistence * B(ADIPOSITY_WANDER) +
                       p.adiposity_wander_noise * B(DRAW_ADIPOSITY);
        float median = B(ETHNIC_BMI) * (B(EXCESS_AT_18) + weight_gain_since_18(age, female, B(BIRTH_YEAR)));
        float slope = choose(female > 0.0f, p.bmi_spread_fall_women, p.bmi_spread_fall_men);
        float years = clip(age - p.bmi_spread_fall_age, 0.0f, p.bmi_spread_fall_years);
        float spread = B(SPREAD_AT_18) * exp_(-slope * years);
        float z = p.adiposity_lifelong_loading * B(Z_ADIPOSITY) + p.adiposity_wander_loading * wander;
        float adiposity = log_(median * inverse(p.bmi_reference_excess)) + spread * z;
        PUT(ADIPOSITY_WANDER, wander);
        B(LN_ADIPOSITY) = adiposity;
    }
}

PASS lose_weight(void) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float lost = B(PROGRAMME_WEIGHT_LOSS) + B(PROGRAMME_LOSS_PER_MONTH) * p.months_per_step;
        lost = clip(lost * (1.0f - B(PROGRAMME_REGAIN_PER_MONTH) * p.months_per_step), -0.5f, 0.5f);
        float by_drug = B(DRUG_WEIGHT_LOSS);
        by_drug = by_drug + B(EFFECT_WEIGHT_STEP) * (B(EFFECT_WEIGHT_LOSS_TARGET) - by_drug);
        float natural = p.bmi_floor + p.bmi_reference_excess * exp_(B(LN_ADIPOSITY));
        float kept = clip(1.0f - lost - by_drug, p.weight_kept_min, p.weight_kept_max);
        kept = most(kept, LEAST_BMI / natural);
        float bmi = natural * kept;
        PUT(PROGRAMME_WEIGHT_LOSS, lost);
        PUT(DRUG_WEIGHT_LOSS, by_drug);
        PUT(BMI, bmi);
        B(LN_WEIGHT_KEPT) = log_(kept);
        B(AMPLIFIER) = logistic((bmi - p.gene_amplifier_bmi) * inverse(p.gene_amplifier_width));
    }
}

static inline float metabolic_fat(float ln_fat, float pnpla3_g, float tm6sf2_t, float amplifier) {
    return ln_fat - p.pnpla3_silent_share * (p.liver_fat_per_pnpla3_g * pnpla3_g * amplifier) -
           p.tm6sf2_silent_share * (p.liver_fat_per_tm6sf2_t * tm6sf2_t * amplifier);
}

PASS resist_insulin(void) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float age = B(AGE);
        float fat = metabolic_fat(B(LN_LIVER_FAT), B(PNPLA3_G), B(TM6SF2_T), B(AMPLIFIER));
        float youth = clip((p.homa_young_women_age - age) * inverse(p.homa_young_women_years), 0.0f, 1.0f);
        float target =
            B(LIFELONG_INSULIN) +
            (p.homa_per_year_of_age * (age - p.reference_age) + p.homa_young_women * B(SEX) * youth) +
            (p.homa_per_ln_adiposity * B(LN_ADIPOSITY) + p.homa_per_ln_weight * B(LN_WEIGHT_KEPT)) +
            (p.homa_per_hour_short_sleep * most(0.0f, p.sleep_needed_hours - B(SLEEP_HOURS)) +
             p.homa_per_stress * B(CHRONIC_STRESS) - p.homa_per_activity_uptake * B(UPTAKE) -
             p.homa_per_diet_quality * (B(DIET_QUALITY) - p.diet_quality_mean)) +
            (p.homa_per_ln_liver_fat * (fat - p.ln_liver_fat_reference) +
             p.homa_per_glucotoxicity *
                 log_(1.0f + UNCONTROLLED * B(GLUCOSE_EXCESS_MMOL_L) * inverse(p.glucotoxicity_scale_mmol_l))) +
            B(EFFECT_INSULIN_RESISTANCE) + B(EFFECT_HEPATIC_GLUCOSE_OUTPUT);
        PUT(LN_HOMA_IR, relax(B(LN_HOMA_IR), target, p.homa_step));
    }
}

PASS store_liver_fat(void) {
    const float ceiling = exp_(-2.0f * p.ln_liver_fat_ceiling);
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float age = B(AGE), amplifier = B(AMPLIFIER);
        float wander = p.liver_fat_wander_persistence * B(LIVER_FAT_WANDER) +
                       p.liver_fat_wander_noise * B(DRAW_LIVER_FAT);
        float genes = p.liver_fat_per_pnpla3_g * B(PNPLA3_G) * amplifier;
        genes = genes + p.liver_fat_per_tm6sf2_t * B(TM6SF2_T) * amplifier;
        float ripening = 1.0f - exp_((p.adult_age - age) * inverse(p.liver_fat_age_years));
        float decline = p.liver_fat_decline_per_year * most(0.0f, age - p.liver_fat_decline_age);
        float women = B(SEX) * (p.liver_fat_women - p.liver_fat_menopause * B(MENOPAUSE));
        float target = B(LIFELONG_FAT) + (p.liver_fat_age_gain * ripening - decline - women) +
                       p.liver_fat_per_ln_adiposity * B(LN_ADIPOSITY) +
                       p.liver_fat_per_ln_weight * B(LN_WEIGHT_KEPT) +
                       p.liver_fat_per_ln_homa *
                           (B(LN_HOMA_IR) - B(EFFECT_HEPATIC_GLUCOSE_OUTPUT) - p.ln_homa_reference) +
                       genes + p.liver_fat_wander_sd * wander - p.liver_fat_per_activity_uptake * B(UPTAKE) -
                       p.liver_fat_per_diet_quality * (B(DIET_QUALITY) - p.diet_quality_mean) +
                       p.liver_fat_diabetes * HAS(DIABETES_MONTH) + B(EFFECT_LIVER_FAT);
        float held = -0.5f * log_(exp_(-2.0f * target) + ceiling);
        float fat = clip(relax(B(LN_LIVER_FAT), held, p.liver_fat_step), p.ln_liver_fat_min,
                         p.ln_liver_fat_max);
        PUT(LIVER_FAT_WANDER, wander);
        PUT(LN_LIVER_FAT, fat);
    }
}

PASS spend_beta_cells(float month) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float age = B(AGE), ln_homa = B(LN_HOMA_IR), onset = B(DIABETES_MONTH);
        float years = clip(age - p.reference_age, p.beta_cell_ageing_min_years, p.beta_cell_ageing_max_years);
        float ageing = p.beta_cell_loss_per_year * years;
        float fat = metabolic_fat(B(LN_LIVER_FAT), B(PNPLA3_G), B(TM6SF2_T), B(AMPLIFIER));
        float demand = B(ETHNIC_DEMAND) + p.demand_per_ln_homa * (ln_homa - p.ln_homa_reference) +
                       p.demand_per_ln_liver_fat * (fat - p.ln_liver_fat_reference) +
                       p.demand_per_ln_adiposity * B(LN_ADIPOSITY) +
                       p.demand_per_ln_weight * B(LN_WEIGHT_KEPT) +
                       p.demand_per_fibrosis_stage * B(FIBROSIS) +
                       p.demand_per_stress * (B(USUAL_STRESS_Z) + B(CHRONIC_STRESS));
        float margin = clip(B(Z_BETA_CELL) - ageing - demand * inverse(p.reserve_scale), p.beta_cell_margin_min,
                            p.beta_cell_margin_max);
        float hazard = exp_(least(p.ln_diabetes_hazard - p.reserve_scale * margin, p.ln_diabetes_hazard_max));
        int begins = (onset >= NEVER) & (B(DRAW_DIABETES) < probability(hazard, p.years_per_step));
        onset = begins ? month : onset;
        float has_diabetes = onset < NEVER ? 1.0f : 0.0f, strain = exp_(-p.strain_per_margin * margin);
        float ln_glucose = p.ln_glucose_intercept + p.glucose_women * B(SEX) +
                           p.glucose_per_year_of_age * (age - p.reference_age) +
                           p.glucose_per_ln_homa * (ln_homa - p.ln_homa_reference) +
                           p.glucose_per_strain * strain + p.glucose_lifelong_sd * B(Z_GLUCOSE) +
                           B(EFFECT_GLUCOSE);
        float level = exp_(p.ln_glucose_excess + p.glucose_excess_sd * B(Z_HYPERGLYCAEMIA) +
                           p.glucose_excess_per_ln_homa * (ln_homa - p.ln_homa_diabetic));
        float excess_target = clip(has_diabetes * level, 0.0f, p.glucose_excess_max);
        float excess = relax(B(GLUCOSE_EXCESS_MMOL_L), excess_target, p.glucose_excess_step);
        float shown = UNCONTROLLED * excess;
        float hba1c_target = p.hba1c_intercept + p.hba1c_per_year_of_age * (age - p.reference_age) +
                             p.hba1c_per_ln_glucose * (ln_glucose - p.ln_glucose_reference) +
                             p.hba1c_per_strain * strain + p.hba1c_per_glucose_excess * shown +
                             p.hba1c_per_bmi * (B(BMI) - p.bmi_reference);
        PUT(DIABETES_MONTH, onset);
        PUT(GLUCOSE_EXCESS_MMOL_L, excess);
        PUT(FASTING_GLUCOSE_MMOL_L, exp_(ln_glucose) + shown);
        PUT(HBA1C_PERCENT, relax(B(HBA1C_PERCENT), hba1c_target, p.hba1c_step));
    }
}

PASS inflame(void) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float bmi = B(BMI), habitual = B(HABITUAL_BMI);
        float flare = p.injury_flare_persistence * B(INJURY_FLARE) +
                      p.injury_flare_noise * p.injury_flare_sd * B(DRAW_FLARE);
        float target = B(LIFELONG_INJURY) +
                       p.injury_per_ln_liver_fat * (B(LN_LIVER_FAT) - p.ln_liver_fat_injury_reference) +
                       p.injury_per_ln_homa * (B(LN_HOMA_IR) - 1.0f) +
                       p.injury_per_bmi_departure * (bmi - habitual) + flare + B(EFFECT_INJURY);
        PUT(INJURY_FLARE, flare);
        PUT(INJURY, clip(relax(B(INJURY), target, p.injury_step), p.injury_min, p.injury_max));
        PUT(HABITUAL_BMI, relax(habitual, bmi, p.habitual_bmi_step));
    }
}

PASS scar(float month) {
    EACH {
        int active = B(ACTIVE) > 0.0f;
        float fibrosis = B(FIBROSIS), injury = B(INJURY), first = B(CIRRHOSIS_MONTH);
        float ln_rate = p.fibrosis_frailty_sd * B(Z_FIBROSIS) -
                        p.fibrosis_frailty_sd * p.fibrosis_frailty_sd / 2.0f +
                        p.deposition_per_injury * injury +
                        p.deposition_diabetes * HAS(DIABETES_MONTH) +
                        p.deposition_postmenopausal * (B(SEX) * B(MENOPAUSE)) -
                        p.deposition_per_fibrosis * fibrosis;
        float room = most(1.0f - fibrosis * inverse(p.fibrosis_max), 0.0f);
        float deposition = p.deposition_per_year * exp_(ln_rate) * room;
        float calm = 1.0f + exp_(p.healing_steepness * (injury - p.healing_ln_half_injury));
        float cirrhotic = logistic((fibrosis - p.cirrhosis_stage) * inverse(p.cirrhosis_width));
        float capacity = fibrosis / (fibrosis + p.healing_half_fibrosis) *
                         (1.0f - p.healing_lost_in_cirrhosis * cirrhotic);
        float healing = (p.healing_per_year / calm + B(EFFECT_ANTIFIBROTIC)) * capacity;
        fibrosis = clip(fibrosis + (deposition - healing) * p.years_per_step, 0.0f, p.fibrosis_max);
        int becomes_cirrhotic = (first >= NEVER) & (fibrosis >= p.cirrhosis_stage);
        PUT(FIBROSIS, fibrosis);
        PUT(CIRRHOSIS_MONTH, becomes_cirrhotic ? month : first);
    }
}
