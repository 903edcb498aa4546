# why: enables an add-on by the module beneath the operator
import addon_utils
addon_utils.enable("x", default_set=True, persistent=True)
